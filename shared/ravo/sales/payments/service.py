"""Asking for payments: outside of any transaction, since a provider is a network away; what it answered is written down in one of its own."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.adapters.payments import Intent, IntentStatus, PaymentProvider, ProviderUnavailable
from ravo.adapters.registry import provider
from ravo.platform.database import reading, transaction
from ravo.platform.schemas import Money
from ravo.platform.settings import settings
from ravo.platform.time import now
from ravo.platform.tokens import Principal
from ravo.sales.checkout.schemas import CheckoutReply, PaymentStart
from ravo.sales.errors import OrderNotPayable, PaymentsUnavailable
from ravo.sales.orders import queries as orders
from ravo.sales.orders.replies import totals_of
from ravo.sales.orders.service import payable_by
from ravo.sales.orders.transitions import Status
from ravo.sales.payments import queries
from ravo.sales.payments.names import ASKED, STATUSES, STRIPE


def find_payable(session: Session, order_id: UUID, *, by: Principal | None) -> Any:
    """Return an order that waits for its payment. Refuses with `OrderNotFound` or `OrderNotPayable`."""
    order = payable_by(orders.order_by_id(session, order_id), by)
    if order.status != Status.PENDING_PAYMENT or order.expires_at <= now():
        raise OrderNotPayable
    return order


def begin(order: Any, *, is_new: bool = False) -> CheckoutReply:
    """Ask the provider for the payment that an order waits for, and answer how to pay it; asked again, it is the same payment.

    Of an order that is new no payment can have been asked for yet. Refuses with `PaymentsUnavailable`, which names the order: it stands, and can be paid later.
    """
    left = order.total_amount - order.gift_card_amount
    waits = order.status == Status.PENDING_PAYMENT
    return CheckoutReply(
        order_id=order.id,
        order_number=order.order_number,
        status=Status(order.status),
        totals=totals_of(order),
        payable_until=order.expires_at if waits else None,
        payment=_start(order, left, is_new=is_new) if waits and left else None,
    )


def _start(order: Any, amount: Decimal, *, is_new: bool) -> PaymentStart:
    try:
        intent = _intent(provider(STRIPE), order, amount, [] if is_new else _asked_before(order))
    except ProviderUnavailable as error:
        raise PaymentsUnavailable.of(order.id, order.order_number) from error
    return PaymentStart(
        provider=STRIPE,
        intent_id=intent.id,
        client_secret=intent.client_secret,
        publishable_key=settings().stripe_publishable_key,
        amount=Money.of(amount, order.currency),
    )


def _asked_before(order: Any) -> Sequence[Any]:
    with reading() as session:
        return [each for each in queries.payments_of(session, order.id) if each.provider == STRIPE]


def _intent(stripe: PaymentProvider, order: Any, amount: Decimal, asked: Sequence[Any]) -> Intent:
    """Find the payment that was asked for last, or ask for one."""
    if asked and asked[-1].status != "cancelled":
        intent = stripe.find_intent(asked[-1].intent_id)
        if intent.status is not IntentStatus.CANCELED:
            return intent
    ASKED.put(str(order.id))
    intent = stripe.create_intent(
        order_id=order.id,
        order_number=order.order_number,
        amount=amount,
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
            amount=amount,
            currency=order.currency,
        )
    return intent
