"""Settling: what a payment has come to at its provider, made true of its order. Late, doubled and reordered reports all end here, and end the same."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from ravo.adapters.payments import Intent, IntentStatus
from ravo.inventory.reservations.errors import InsufficientStock
from ravo.inventory.selling import service as stock
from ravo.inventory.stock.errors import UnknownVariant
from ravo.platform.observability import count, logger
from ravo.platform.time import now
from ravo.sales.orders import queries as orders_queries
from ravo.sales.orders import service as orders
from ravo.sales.orders.transitions import Status
from ravo.sales.payments import discrepancy_queries as discrepancies
from ravo.sales.payments import queries, refunds
from ravo.sales.payments.names import STATUSES, STRIPE

# Long enough for the transaction that holds it to sell it.
A_MOMENT = timedelta(minutes=1)


def settle(session: Session, intent: Intent) -> str:
    """Take over how a payment stands; returns what came of it, in a word. The same again changes nothing.

    A payment moves an order that waits for it, once. One that comes for an order that is called off brings it back if it
    expired and its pieces are still there; else the money goes back. So does a second payment for one order.
    """
    if intent.order_id is None:
        return "not_ours"
    order = orders_queries.order_for_update(session, intent.order_id)
    if order is None:
        return _without_order(session, intent)
    payment = queries.keep(
        session,
        order_id=order.id,
        provider=STRIPE,
        intent_id=intent.id,
        status=STATUSES.get(intent.status, "failed" if intent.last_error else "pending"),
        amount=order.total_amount - order.gift_card_amount or intent.amount,
        currency=order.currency,
        failure=intent.last_error,
    )
    if intent.status is not IntentStatus.SUCCEEDED:
        return str(payment.status)
    if queries.is_charged(session, payment.id):
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
    queries.book(
        session, order_id=order.id, payment_id=payment.id, kind="charge", amount=intent.received, reference="charge"
    )
    return _paid(session, order, payment)


def _paid(session: Session, order: Any, payment: Any) -> str:
    if order.status == Status.PENDING_PAYMENT and _sell(session, order):
        orders.confirm(session, order)
        return "paid"
    if order.status == Status.PENDING_PAYMENT:
        # Its time was over, and nothing is left of what it held.
        orders.cancel(session, order, reason="sold_out", source="payment")
        return "sold_out"
    if order.status == Status.CANCELLED and _expired(session, order) and _sell(session, order):
        orders.confirm(
            session, order, note="The payment came after the order had expired; its pieces were still there."
        )
        return "revived"
    refunds.request(session, order.id, payment_id=payment.id, reason="The order did not wait for this payment.")
    count("PaymentsReturned")
    return "returned"


def _sell(session: Session, order: Any) -> bool:
    """Sell what an order holds, or what it can get hold of again."""
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


def _expired(session: Session, order: Any) -> bool:
    """Whether an order was called off because nobody paid it in time. One that gift cards paid a part of has given that back already."""
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
