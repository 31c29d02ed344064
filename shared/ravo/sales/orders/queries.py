"""The SQL of orders. Whoever changes an order locks its row first."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from sqlalchemy import Row, bindparam, func, insert, select, text, update
from sqlalchemy.orm import Session

from ravo.platform.ids import uuid7
from ravo.platform.time import now
from ravo.platform.windows import within
from ravo.sales.orders.models import Order, OrderEvent, OrderItem, TrackingEvent

if TYPE_CHECKING:
    from sqlalchemy import Table

# Statements on tables themselves do without what the ORM does for objects, which takes it as long as the rest. To make one
# takes as long as PostgreSQL needs for it, so those of every order are made once.
_ORDERS = cast("Table", Order.__table__)
_EVENTS = cast("Table", OrderEvent.__table__)
_COLUMNS = _ORDERS.c
_ADD_EVENT = insert(_EVENTS)
_ORDER = select(*_COLUMNS).where(_COLUMNS.id == bindparam("order_id"))
_ORDER_FOR_UPDATE = _ORDER.with_for_update()
_UPDATE_ORDER = (
    update(_ORDERS)
    .where(_COLUMNS.id == bindparam("order_id"))
    .values(version=_COLUMNS.version + 1)
    .returning(*_COLUMNS)
)
_COUNT_PIECES = text(
    "SELECT variant_id, sum(quantity)::integer AS quantity FROM order_items WHERE order_id = :id GROUP BY 1 ORDER BY 1"
)


def order_for_update(session: Session, order_id: UUID) -> Any | None:
    """Return an order's row and lock it."""
    return session.execute(_ORDER_FOR_UPDATE, {"order_id": order_id}).one_or_none()


def order_by_id(session: Session, order_id: UUID) -> Any | None:
    """Return an order's row."""
    return session.execute(_ORDER, {"order_id": order_id}).one_or_none()


def order_of_cart(session: Session, cart_id: UUID) -> Any | None:
    """Return the order that a cart became."""
    return session.execute(select(*_COLUMNS).where(Order.cart_id == cart_id)).one_or_none()


def order_by_number(session: Session, number: str, email: str) -> Any | None:
    """Return the order of a number that was placed with a mail address."""
    mine = (Order.order_number == number) & (func.lower(Order.email) == email.lower())
    return session.execute(select(*_COLUMNS).where(mine)).one_or_none()


def update_order(session: Session, order_id: UUID, **values: Any) -> Any:
    """Change a locked order, and return its row as it is then, one version on."""
    return session.execute(_UPDATE_ORDER, {"order_id": order_id} | values).one()


def add_event(session: Session, **values: Any) -> None:
    """Write down what happened to an order."""
    session.execute(_ADD_EVENT, {"id": uuid7()} | values)


def add_tracking(session: Session, **values: Any) -> None:
    """Write down a station on the way to the customer."""
    session.execute(insert(TrackingEvent).values(id=uuid7(), occurred_at=now(), **values))


def items(session: Session, order_id: UUID) -> Sequence[OrderItem]:
    """Return an order's items in their order."""
    return session.scalars(select(OrderItem).where(OrderItem.order_id == order_id).order_by(OrderItem.position)).all()


def pieces(session: Session, order_id: UUID) -> dict[UUID, int]:
    """Return how many pieces of each variant an order has."""
    return {row.variant_id: row.quantity for row in session.execute(_COUNT_PIECES, {"id": order_id})}


def events(session: Session, order_id: UUID) -> Sequence[OrderEvent]:
    """Return all that happened to an order, the oldest first."""
    return session.scalars(select(OrderEvent).where(OrderEvent.order_id == order_id).order_by(OrderEvent.id)).all()


def tracking(session: Session, order_id: UUID) -> Sequence[TrackingEvent]:
    """Return the stations of an order, the latest first."""
    mine = select(TrackingEvent).where(TrackingEvent.order_id == order_id)
    return session.scalars(mine.order_by(TrackingEvent.occurred_at.desc(), TrackingEvent.id.desc())).all()


def page_of_customer(session: Session, user_id: UUID, *, limit: int, offset: int) -> tuple[Sequence[Row[Any]], int]:
    """Return one page of a customer's orders, the newest first, and how many there are."""
    mine = Order.user_id == user_id
    page = select(*_COLUMNS).where(mine).order_by(Order.id.desc()).limit(limit).offset(offset)
    return session.execute(page).all(), session.scalar(select(func.count()).where(mine)) or 0


def page_of_all(
    session: Session,
    *,
    status: str | None,
    search: str,
    placed_from: datetime | None,
    placed_to: datetime | None,
    before: UUID | None,
    limit: int,
    offset: int,
) -> tuple[Sequence[Row[Any]], int]:
    """Return one page of orders, the newest first, and how many there are; `search` begins a number, or is a mail address."""
    conditions: list[Any] = []
    if status:
        conditions.append(Order.status == status)
    if "@" in search:
        conditions.append(func.lower(Order.email) == search.lower())
    elif search:
        conditions.append(Order.order_number.startswith(search.upper(), autoescape=True))
    conditions += within(Order.created_at, placed_from, placed_to)
    total = session.scalar(select(func.count()).select_from(Order).where(*conditions)) or 0
    if before:
        conditions.append(Order.id < before)
    page = select(*_COLUMNS).where(*conditions).order_by(Order.id.desc()).limit(limit).offset(offset)
    return session.execute(page).all(), total


def overdue(session: Session, limit: int) -> Sequence[UUID]:
    """Return the orders whose time to be paid is over, those that waited longest first."""
    unpaid = (Order.status == "pending_payment") & (Order.expires_at <= func.clock_timestamp())
    return session.scalars(select(Order.id).where(unpaid).order_by(Order.expires_at).limit(limit)).all()


def any_unpaid(session: Session) -> bool:
    """Whether any order waits for its payment."""
    return bool(session.scalar(select(select(Order.id).where(Order.status == "pending_payment").exists())))
