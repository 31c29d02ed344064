"""The rules of orders: each step is checked, done with its effects, recorded, and published."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.inventory.selling import service as stock
from ravo.platform import outbox
from ravo.platform.money import text_of
from ravo.platform.observability import count
from ravo.platform.pending_work import PendingWork
from ravo.platform.time import now
from ravo.platform.tokens import Principal
from ravo.sales.lifecycle.schemas import StatusChange
from ravo.sales.orders import queries
from ravo.sales.orders.errors import InvalidTransition, OrderNotFound
from ravo.sales.orders.events import (
    OrderCancelled,
    OrderChanged,
    OrderDelivered,
    OrderOutForDelivery,
    OrderPacked,
    OrderPaid,
    OrderProcessing,
    OrderRefunded,
    OrderShipped,
)
from ravo.sales.orders.queries import OrderRow
from ravo.sales.orders.transitions import Status, check
from ravo.sales.payments import queries as money
from ravo.sales.payments import service as payments
from ravo.sales.promotions import service as promotions

# Orders that wait for their payment: while there are none, the sweep does not wake the database.
UNPAID = PendingWork("orders")
_EVENTS: Mapping[Status, type[OrderChanged]] = {
    Status.PROCESSING: OrderProcessing,
    Status.PACKED: OrderPacked,
    Status.SHIPPED: OrderShipped,
    Status.OUT_FOR_DELIVERY: OrderOutForDelivery,
    Status.DELIVERED: OrderDelivered,
}


def locked(session: Session, order_id: UUID) -> OrderRow:
    """Lock an order and return it. Refuses with `OrderNotFound`."""
    order = queries.order_for_update(session, order_id)
    if order is None:
        raise OrderNotFound
    return order


def mine(order: OrderRow | None, by: Principal) -> OrderRow:
    """Return an order that is the caller's own. Refuses with `OrderNotFound`."""
    if order is None or order.user_id != by.id:
        raise OrderNotFound
    return order


def payable_by(order: OrderRow | None, by: Principal | None) -> OrderRow:
    """Return an order that the caller may pay: their own, or any guest's. Refuses with `OrderNotFound`."""
    if order is None or (order.user_id is not None and (by is None or by.id != order.user_id)):
        raise OrderNotFound
    return order


def confirm(session: Session, order: OrderRow, *, note: str = "") -> OrderRow:
    """Mark a locked order as paid. The caller has sold its stock in the same transaction."""
    moved = _move(session, order, Status.PAYMENT_CONFIRMED, source="payment", note=note, paid_at=now())
    pieces = queries.pieces(session, order.id)
    outbox.record(session, OrderPaid(**_about(moved), pieces=pieces))
    count("OrdersPaid")
    return moved


def advance(session: Session, order_id: UUID, given: StatusChange, *, by: Principal) -> OrderRow:
    """Move an order to the status that staff name. Refuses with `OrderNotFound` or `InvalidTransition`."""
    order, to = locked(session, order_id), Status(given.status)
    if to is Status.CANCELLED:
        return cancel(session, order, reason="staff", source="staff", by=by, note=given.note, notify=given.notify)
    values: dict[str, Any] = {}
    if to is Status.SHIPPED:
        values = {
            "carrier": given.carrier or order.carrier,
            "tracking_number": given.tracking_number,
            "estimated_delivery": given.estimated_delivery,
        }
    if to is Status.DELIVERED:
        values = {"actual_delivery": now()}
    moved = _move(session, order, to, source="staff", actor_id=by.id, note=given.note, details=given.metadata, **values)
    outbox.record(session, _EVENTS[to](**_about(moved), notify=given.notify))
    return moved


def cancel(
    session: Session,
    order: OrderRow,
    *,
    reason: str,
    source: str,
    by: Principal | None = None,
    note: str = "",
    notify: bool = True,
) -> OrderRow:
    """Cancel a locked order, and give back its stock, promotions and money. Refuses with `InvalidTransition`."""
    actor_id = by.id if by else None
    was_paid = order.status != Status.PENDING_PAYMENT
    details = {"reason": reason}
    moved = _move(session, order, Status.CANCELLED, source=source, actor_id=actor_id, note=note, details=details)
    promotions.give_back(session, order.id)
    payments.request(session, order.id, reason=f"cancelled: {reason}", actor_id=actor_id)
    if was_paid:
        take_back(session, order.id, reference=f"cancel:{order.id}", cause=order.id, actor_id=actor_id)
    else:
        stock.let_go(session, order.id)
    outbox.record(session, OrderCancelled(**_about(moved), reason=reason, notify=notify))
    count("OrdersCancelled", reason=reason)
    return moved


def cancel_own(session: Session, order_id: UUID, *, by: Principal) -> OrderRow:
    """Cancel the caller's own order. Refuses with `OrderNotFound` or, once it is shipped, `InvalidTransition`."""
    mine(queries.order_by_id(session, order_id), by)
    return cancel(session, locked(session, order_id), reason="customer", source="customer", by=by)


def take_back(
    session: Session,
    order_id: UUID,
    *,
    reference: str,
    cause: UUID,
    pieces: Mapping[UUID, int] | None = None,
    actor_id: UUID | None = None,
) -> None:
    """Put units of a locked order back into stock: those that are named, or all that are still out."""
    sold = [sale_of(order_id), f"cancel:{order_id}"]
    sold += [f"refund:{refund.id}" for refund in money.refunds_of(session, order_id)]
    stock.take_back(session, sold=sold, reference=reference, cause=cause, pieces=pieces, actor_id=actor_id)


def sale_of(order_id: UUID) -> str:
    """Return the reference that the stock ledger has for the sale of an order."""
    return f"order:{order_id}"


def record_refund(session: Session, order: OrderRow, amount: Decimal, *, actor_id: UUID | None = None) -> OrderRow:
    """Record that money of a locked order went back. Once all of it has, the order is refunded."""
    charged, refunded = money.balance(session, order.id)
    is_whole = refunded >= charged
    said = text_of(amount, order.currency)
    details = {"amount": said, "currency": order.currency}
    if is_whole and _may(order.status, Status.REFUNDED):
        moved = _move(session, order, Status.REFUNDED, source="payment", actor_id=actor_id, details=details)
    else:
        moved = queries.update_order(session, order.id)
        queries.add_event(
            session, order_id=order.id, kind="refunded", source="payment", actor_id=actor_id, details=details
        )
    about = _about(moved)
    outbox.record(session, OrderRefunded(**about, currency=order.currency, amount=said, is_whole=is_whole))
    count("OrdersRefunded")
    return moved


def add_note(session: Session, order_id: UUID, note: str, *, by: Principal) -> OrderRow:
    """Add a note to an order, which only staff see. Refuses with `OrderNotFound`."""
    order = locked(session, order_id)
    queries.add_event(session, order_id=order.id, kind="note", source="staff", actor_id=by.id, note=note)
    return order


def note_failed_refund(session: Session, order_id: UUID, refund_id: UUID, reason: str) -> None:
    """Record that money of a locked order could not go back: staff have to look at it."""
    details = {"refundId": str(refund_id), "reason": reason}
    queries.add_event(session, order_id=order_id, kind="refund_failed", source="payment", details=details)


def _move(
    session: Session,
    order: OrderRow,
    to: Status,
    *,
    source: str,
    actor_id: UUID | None = None,
    note: str = "",
    details: Mapping[str, Any] | None = None,
    **values: Any,
) -> OrderRow:
    check(order.status, to)
    moved = queries.update_order(session, order.id, status=to, **values)
    queries.add_event(
        session,
        order_id=order.id,
        kind="status",
        from_status=order.status,
        to_status=to,
        source=source,
        actor_id=actor_id,
        note=note,
        details=dict(details or {}),
    )
    queries.add_tracking(session, order_id=order.id, status=to)
    return moved


def _may(before: str, after: Status) -> bool:
    try:
        check(before, after)
    except InvalidTransition:
        return False
    return True


def _about(order: OrderRow) -> dict[str, Any]:
    return {"aggregate_id": order.id, "version": order.version, "order_number": order.order_number}
