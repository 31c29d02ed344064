"""The rules of expiry: an order that nobody pays in time is cancelled, and gives back all that it holds."""

from uuid import UUID

from ravo.adapters.payments import Intent, PaymentRefused, ProviderUnavailable
from ravo.adapters.registry import provider
from ravo.platform.database import reading, transaction
from ravo.platform.observability import count, logger
from ravo.platform.time import now
from ravo.sales.lifecycle import service as orders
from ravo.sales.orders import queries
from ravo.sales.orders.transitions import Status
from ravo.sales.payments import queries as payments
from ravo.sales.payments.queries import PaymentRow
from ravo.sales.payments.service import STRIPE
from ravo.sales.settlement.service import settle

# As many as one run can do in its time; the next run continues.
BATCH = 200


def sweep(*, force: bool) -> int:
    """Cancel overdue orders; returns how many there were. Their stock has been free since they became overdue.

    Looks in Valkey first, so that a paused database stays asleep.
    """
    if not force and not orders.UNPAID.may_hold():
        return 0
    started, swept = now(), 0
    for order_id in _overdue():
        try:
            expire(order_id)
            swept += 1
        except Exception as error:  # one that can't be cancelled must not hold up the others
            logger().exception("order not cancelled", orderId=str(order_id), error=type(error).__name__)
            count("OrderExpiryFailed")
    with reading() as session:
        remaining = queries.any_unpaid(session)
    if not remaining:
        orders.UNPAID.forget(older_than=started)
    return swept


def expire(order_id: UUID) -> None:
    """Cancel an order's open payments, and then the order, unless one of them was paid meanwhile."""
    with reading() as session:
        asked = [each for each in payments.payments_of(session, order_id) if each.provider == STRIPE]
    intents = [intent for intent in map(_closed, asked) if intent]
    with transaction() as session:
        for intent in intents:
            settle(session, intent)
        order = orders.locked(session, order_id)
        if order.status == Status.PENDING_PAYMENT and order.expires_at <= now():
            orders.cancel(session, order, reason="expired", source="system")


def _overdue() -> list[UUID]:
    with reading() as session:
        return list(queries.overdue(session, BATCH))


def _closed(payment: PaymentRow) -> Intent | None:
    """Cancel a payment at its provider, and return how it stands then; None when it has ended or nobody answers."""
    if payment.status in ("succeeded", "cancelled"):
        return None
    try:
        return provider(STRIPE).cancel_intent(payment.intent_id)
    except PaymentRefused:
        # Paid at the last moment, or being paid: settled now, or when the money comes.
        return provider(STRIPE).find_intent(payment.intent_id)
    except ProviderUnavailable:
        logger().warning("a payment stays open for an order that expires", orderId=str(payment.order_id))
        return None
