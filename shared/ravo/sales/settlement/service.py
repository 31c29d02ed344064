"""The rules of settlement. Late, doubled and reordered webhooks lead to the same result."""

from datetime import timedelta

from sqlalchemy.orm import Session

from ravo.adapters.payments import Intent, IntentStatus
from ravo.inventory.reservations.errors import InsufficientStock
from ravo.inventory.selling import service as stock
from ravo.inventory.stock.errors import UnknownVariant
from ravo.platform.observability import count, logger
from ravo.platform.time import now
from ravo.sales.discrepancies import queries as discrepancies
from ravo.sales.lifecycle import service as orders
from ravo.sales.orders import queries as orders_queries
from ravo.sales.orders.queries import OrderRow
from ravo.sales.orders.transitions import Status
from ravo.sales.payments import queries as money
from ravo.sales.payments import service as payments
from ravo.sales.payments.queries import PaymentRow
from ravo.sales.payments.service import STATUSES, STRIPE

# Long enough for the transaction that holds the units to sell them.
A_MOMENT = timedelta(minutes=1)


def settle(session: Session, intent: Intent) -> str:
    """Settle a payment as its provider sees it; returns the outcome in a word. Doing it again changes nothing.

    A payment moves an order that waits for it only once. An order that expired comes back if its products are still in
    stock. Otherwise the money goes back, as it does for a cancelled order and for a second payment.
    """
    if intent.order_id is None:
        return "not_ours"
    order = orders_queries.order_for_update(session, intent.order_id)
    if order is None:
        return _without_order(session, intent)
    payment = money.keep(
        session,
        order_id=order.id,
        provider=STRIPE,
        intent_id=intent.id,
        status=STATUSES.get(intent.status, "failed" if intent.last_error else "pending"),
        amount=order.due or intent.amount,
        currency=order.currency,
        failure=intent.last_error,
    )
    if intent.status is not IntentStatus.SUCCEEDED:
        return str(payment.status)
    if money.is_charged(session, payment.id):
        return "known"
    if (intent.received, intent.currency) != (payment.amount, payment.currency):
        count("PaymentDiscrepancy")
        discrepancies.open_one(
            session,
            "amount_differs",
            intent.id,
            provider=STRIPE,
            order_id=order.id,
            currency=intent.currency,
            expected=payment.amount,
            actual=intent.received,
        )
        return "amount_differs"
    money.book(
        session, order_id=order.id, payment_id=payment.id, kind="charge", amount=intent.received, reference="charge"
    )
    return _paid(session, order, payment)


def _paid(session: Session, order: OrderRow, payment: PaymentRow) -> str:
    if order.status == Status.PENDING_PAYMENT and _sell(session, order):
        orders.confirm(session, order)
        return "paid"
    if order.status == Status.PENDING_PAYMENT:
        # The order's time to be paid was over, and the units that it held are sold out.
        orders.cancel(session, order, reason="sold_out", source="payment")
        return "sold_out"
    if order.status == Status.CANCELLED and _expired(session, order) and _sell(session, order):
        orders.confirm(
            session, order, note="The payment came after the order had expired; its products were still in stock."
        )
        return "revived"
    payments.request(session, order.id, payment_id=payment.id, reason="The order was not waiting for this payment.")
    count("PaymentsReturned")
    return "returned"


def _sell(session: Session, order: OrderRow) -> bool:
    """Sell the units that an order holds; if it no longer holds them, hold them again first."""
    reference = orders.sale_of(order.id)
    if stock.sell(session, order.id, reference=reference):
        return True
    try:
        with session.begin_nested():
            until = now() + A_MOMENT
            stock.hold_for_order(session, order.id, orders_queries.pieces(session, order.id), until=until)
    except (InsufficientStock, UnknownVariant):
        return False
    return stock.sell(session, order.id, reference=reference)


def _expired(session: Session, order: OrderRow) -> bool:
    """Whether an order expired and can come back: one that gift cards paid in part has given that back already."""
    called_off = [event for event in orders_queries.events(session, order.id) if event.to_status == Status.CANCELLED]
    return called_off[-1].details.get("reason") == "expired" and not order.gift_card_amount


def _without_order(session: Session, intent: Intent) -> str:
    if intent.status is not IntentStatus.SUCCEEDED:
        return "no_order"
    logger().error("money without an order", intentId=intent.id)
    count("PaymentDiscrepancy")
    discrepancies.open_one(
        session,
        "money_without_order",
        intent.id,
        provider=STRIPE,
        order_id=None,
        currency=intent.currency,
        actual=intent.received,
    )
    return "no_order"
