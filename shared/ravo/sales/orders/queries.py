"""The SQL of orders. A caller that changes an order has locked its row."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, bindparam, func, insert, select, text, update
from sqlalchemy.orm import Session

from ravo.platform import crud
from ravo.platform.database import within
from ravo.platform.ids import uuid7
from ravo.platform.time import now
from ravo.sales.orders.models import Order, OrderEvent, OrderItem, TrackingEvent
from ravo.sales.orders.transitions import Status

if TYPE_CHECKING:
    from sqlalchemy import Table


class OrderRow(NamedTuple):
    """An order without its items and history. Its sums are without tax, except `tax_amount` and `total_amount`."""

    id: UUID
    order_number: str
    user_id: UUID | None
    email: str
    locale: str
    status: str
    currency: str
    subtotal: Decimal
    tax_amount: Decimal
    shipping_amount: Decimal
    discount_amount: Decimal
    total_amount: Decimal
    gift_card_amount: Decimal
    shipping_address: dict[str, Any]
    billing_address: dict[str, Any]
    shipping_method: str
    carrier: str | None
    tracking_number: str | None
    estimated_delivery: datetime | None
    actual_delivery: datetime | None
    expires_at: datetime
    paid_at: datetime | None
    version: int
    created_at: datetime

    @property
    def due(self) -> Decimal:
        """What is left to pay after gift cards."""
        return self.total_amount - self.gift_card_amount

    @property
    def payable_until(self) -> datetime | None:
        """Until when it may be paid; None once it no longer waits for a payment."""
        return self.expires_at if self.status == Status.PENDING_PAYMENT else None


# Building a statement takes as long as PostgreSQL needs to run it, so those of every order are built once. They name
# the table, not the model: what the ORM does for objects takes as long again.
_ORDERS = cast("Table", Order.__table__)
_EVENTS = cast("Table", OrderEvent.__table__)
_COLUMNS = _ORDERS.c
COLUMNS = crud.columns(OrderRow, Order)
_ADD_EVENT = insert(_EVENTS)
_ORDER = select(*COLUMNS).where(_COLUMNS.id == bindparam("order_id"))
_ORDER_FOR_UPDATE = _ORDER.with_for_update()
_UPDATE_ORDER = (
    update(_ORDERS).where(_COLUMNS.id == bindparam("order_id")).values(version=_COLUMNS.version + 1).returning(*COLUMNS)
)
_COUNT_PIECES = text(
    "SELECT variant_id, sum(quantity)::integer AS quantity FROM order_items WHERE order_id = :id GROUP BY 1 ORDER BY 1"
)


def order_for_update(session: Session, order_id: UUID) -> OrderRow | None:
    """Lock an order and return it."""
    return _order(session, _ORDER_FOR_UPDATE, {"order_id": order_id})


def order_by_id(session: Session, order_id: UUID) -> OrderRow | None:
    """Return an order."""
    return _order(session, _ORDER, {"order_id": order_id})


def order_of_cart(session: Session, cart_id: UUID) -> OrderRow | None:
    """Return the order that a cart became."""
    return _order(session, select(*COLUMNS).where(Order.cart_id == cart_id))


def order_by_number(session: Session, number: str, email: str) -> OrderRow | None:
    """Return the order of a number that was placed with a mail address."""
    mine = (Order.order_number == number) & (func.lower(Order.email) == email.lower())
    return _order(session, select(*COLUMNS).where(mine))


def update_order(session: Session, order_id: UUID, **values: Any) -> OrderRow:
    """Change a locked order, raise its version, and return it."""
    return OrderRow._make(session.execute(_UPDATE_ORDER, {"order_id": order_id} | values).one())


def add_event(session: Session, **values: Any) -> None:
    """Record what happened to an order."""
    session.execute(_ADD_EVENT, {"id": uuid7()} | values)


def add_tracking(session: Session, **values: Any) -> None:
    """Record a station on the way to the customer."""
    session.execute(insert(TrackingEvent).values(id=uuid7(), occurred_at=now(), **values))


def items(session: Session, order_id: UUID) -> Sequence[OrderItem]:
    """Return an order's items in their order."""
    return session.scalars(select(OrderItem).where(OrderItem.order_id == order_id).order_by(OrderItem.position)).all()


def pieces(session: Session, order_id: UUID) -> dict[UUID, int]:
    """Return how many units of each variant an order has."""
    return {row.variant_id: row.quantity for row in session.execute(_COUNT_PIECES, {"id": order_id})}


def events(session: Session, order_id: UUID) -> Sequence[OrderEvent]:
    """Return all that happened to an order, the oldest first."""
    return session.scalars(select(OrderEvent).where(OrderEvent.order_id == order_id).order_by(OrderEvent.id)).all()


def tracking(session: Session, order_id: UUID) -> Sequence[TrackingEvent]:
    """Return the stations of an order, the latest first."""
    mine = select(TrackingEvent).where(TrackingEvent.order_id == order_id)
    return session.scalars(mine.order_by(TrackingEvent.occurred_at.desc(), TrackingEvent.id.desc())).all()


def page_of_customer(session: Session, user_id: UUID, *, limit: int, offset: int) -> tuple[Sequence[OrderRow], int]:
    """Return one page of a customer's orders, the newest first, and how many there are."""
    mine = Order.user_id == user_id
    page = select(*COLUMNS).where(mine).order_by(Order.id.desc()).limit(limit).offset(offset)
    return _orders(session, page), session.scalar(select(func.count()).where(mine)) or 0


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
) -> tuple[Sequence[OrderRow], int]:
    """Return one page of orders, the newest first, and how many there are.

    `search` is the beginning of a number, or a mail address.
    """
    conditions: list[ColumnElement[bool]] = []
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
    page = select(*COLUMNS).where(*conditions).order_by(Order.id.desc()).limit(limit).offset(offset)
    return _orders(session, page), total


def overdue(session: Session, limit: int) -> Sequence[UUID]:
    """Return the orders whose time to be paid is over, those that have waited longest first."""
    unpaid = (Order.status == "pending_payment") & (Order.expires_at <= func.clock_timestamp())
    return session.scalars(select(Order.id).where(unpaid).order_by(Order.expires_at).limit(limit)).all()


def any_unpaid(session: Session) -> bool:
    """Whether any order waits for its payment."""
    return bool(session.scalar(select(select(Order.id).where(Order.status == "pending_payment").exists())))


def _order(session: Session, statement: Executable, values: dict[str, Any] | None = None) -> OrderRow | None:
    row = session.execute(statement, values).one_or_none()
    return OrderRow._make(row) if row else None


def _orders(session: Session, statement: Executable) -> list[OrderRow]:
    return [OrderRow._make(row) for row in session.execute(statement)]
