"""The rules of payment intents: created at a provider for the payment of an order.

The call goes over the network, so no transaction is open meanwhile; the answer is written in a transaction of its own.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.adapters.payments import Intent, IntentStatus, PaymentProvider, ProviderUnavailable
from ravo.adapters.registry import provider
from ravo.platform.database import reading, transaction
from ravo.platform.schemas import Money
from ravo.platform.settings import settings
from ravo.platform.time import now
from ravo.platform.tokens import Principal
from ravo.sales.checkout.replies import checkout_of
from ravo.sales.checkout.schemas import CheckoutReply, PaymentStart
from ravo.sales.intents.errors import OrderNotPayable, PaymentsUnavailable
from ravo.sales.lifecycle.service import payable_by
from ravo.sales.orders import queries as orders
from ravo.sales.orders.queries import OrderRow
from ravo.sales.orders.transitions import Status
from ravo.sales.payments import queries
from ravo.sales.payments.queries import PaymentRow
from ravo.sales.payments.service import ASKED, STATUSES, STRIPE


def find_payable(session: Session, order_id: UUID, *, by: Principal | None) -> OrderRow:
    """Return an order that waits for its payment. Refuses with `OrderNotFound` or `OrderNotPayable`."""
    order = payable_by(orders.order_by_id(session, order_id), by)
    if order.status != Status.PENDING_PAYMENT or order.expires_at <= now():
        raise OrderNotPayable
    return order


def begin(order: OrderRow, *, is_new: bool = False) -> CheckoutReply:
    """Start the payment that an order waits for, and return how to pay; doing it again returns the same payment.

    With `is_new` there can't be an earlier payment. Refuses with `PaymentsUnavailable`, which names the order: it can
    be paid later.
    """
    payment = _start(order, is_new=is_new) if order.payable_until and order.due else None
    return checkout_of(order, payment)


def _start(order: OrderRow, *, is_new: bool) -> PaymentStart:
    try:
        intent = _intent(provider(STRIPE), order, [] if is_new else _asked_before(order))
    except ProviderUnavailable as error:
        raise PaymentsUnavailable.of(order.id, order.order_number) from error
    return PaymentStart(
        provider=STRIPE,
        intent_id=intent.id,
        client_secret=intent.client_secret,
        publishable_key=settings().stripe_publishable_key,
        amount=Money.of(order.due, order.currency),
    )


def _asked_before(order: OrderRow) -> Sequence[PaymentRow]:
    with reading() as session:
        return [each for each in queries.payments_of(session, order.id) if each.provider == STRIPE]


def _intent(stripe: PaymentProvider, order: OrderRow, asked: Sequence[PaymentRow]) -> Intent:
    """Find the payment that was started last, or create one."""
    if asked and asked[-1].status != "cancelled":
        intent = stripe.find_intent(asked[-1].intent_id)
        if intent.status is not IntentStatus.CANCELED:
            return intent
    ASKED.put(str(order.id))
    intent = stripe.create_intent(
        order_id=order.id,
        order_number=order.order_number,
        amount=order.due,
        currency=order.currency,
        # The shop's own mails say what was paid.
        email=None,
        idempotency_key=f"order-{order.id}-{len(asked)}",
    )
    with transaction() as session:
        queries.keep(
            session,
            order_id=order.id,
            provider=STRIPE,
            intent_id=intent.id,
            status=STATUSES.get(intent.status, "pending"),
            amount=order.due,
            currency=order.currency,
        )
    return intent
