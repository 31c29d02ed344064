"""Stripe: card payments as PaymentIntents, refunds, and webhooks.

Shoppers give their cards to Stripe's own form, never to us.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from ravo.adapters.payments import (
    Intent,
    IntentStatus,
    PaymentRefused,
    RefundResult,
    RefundStatus,
    ReportedEvent,
)
from ravo.adapters.stripe import webhooks
from ravo.adapters.stripe.amounts import from_units, to_units
from ravo.adapters.stripe.client import asking, client

if TYPE_CHECKING:
    import stripe
    from stripe.params import PaymentIntentCreateParams

PAGE = 100
# Stripe's code for a change that an intent's status does not allow.
UNEXPECTED_STATE = "payment_intent_unexpected_state"


def create_intent(
    *, order_id: UUID, order_number: str, amount: Decimal, currency: str, email: str | None, idempotency_key: str
) -> Intent:
    """Create a payment by card, wallets on cards included; with a mail address Stripe sends its own receipt there.

    Only cards: a method that takes days to succeed or fail would outlive the order that waits for it.
    """
    params: PaymentIntentCreateParams = {
        "amount": to_units(amount, currency),
        "currency": currency.lower(),
        "allowed_payment_method_types": ["card"],
        "description": f"Order {order_number}",
        "metadata": {"order_id": str(order_id), "order_number": order_number},
    }
    if email:
        params["receipt_email"] = email
    with asking():
        return _intent(client().v1.payment_intents.create(params, {"idempotency_key": idempotency_key}))


def find_intent(intent_id: str) -> Intent:
    """Return a payment as it is now; refused with the reason `resource_missing` where there is none."""
    with asking():
        return _intent(client().v1.payment_intents.retrieve(intent_id))


def list_intents(*, created_from: datetime, created_to: datetime) -> Iterator[Intent]:
    """Return the payments created from one moment to before another, newest first, a page of a hundred at a time."""
    first, end = int(created_from.timestamp()), int(created_to.timestamp())
    with asking():
        found = client().v1.payment_intents.list({"created": {"gte": first, "lt": end}, "limit": PAGE})
        for intent in found.auto_paging_iter():
            yield _intent(intent)


def cancel_intent(intent_id: str) -> Intent:
    """Cancel a payment; refused with `payment_intent_unexpected_state` once it is paid or being paid.

    It has no idempotency key: Stripe would repeat its first refusal to a later try, when the reason for it is long
    over.
    """
    try:
        with asking():
            return _intent(client().v1.payment_intents.cancel(intent_id))
    except PaymentRefused as refused:
        if refused.reason != UNEXPECTED_STATE:
            raise
        intent = find_intent(intent_id)
        if intent.status is not IntentStatus.CANCELED:
            raise
        return intent


def refund(*, intent_id: str, amount: Decimal, currency: str, refund_id: UUID, idempotency_key: str) -> RefundResult:
    """Send money back, all or a part; refused where less than that is left of what came in."""
    with asking():
        made = client().v1.refunds.create(
            {
                "payment_intent": intent_id,
                "amount": to_units(amount, currency),
                "metadata": {"refund_id": str(refund_id)},
            },
            {"idempotency_key": idempotency_key},
        )
    return _refund(made)


def list_refunds(intent_id: str) -> list[RefundResult]:
    """Return the refunds of a payment, the newest first, including those made in Stripe's dashboard."""
    with asking():
        found = client().v1.refunds.list({"payment_intent": intent_id, "limit": PAGE})
        return [_refund(each) for each in found.auto_paging_iter()]


def verify_webhook(payload: bytes, signature: str) -> ReportedEvent:
    """Read a webhook's body as it came, and check its `Stripe-Signature`; raises `WebhookSignatureInvalid`."""
    return webhooks.verify(payload, signature)


def _intent(said: "stripe.PaymentIntent") -> Intent:
    currency = said.currency.upper()
    failed = said.last_payment_error
    return Intent(
        id=said.id,
        client_secret=said.client_secret or "",
        status=IntentStatus(said.status),
        amount=from_units(said.amount, currency),
        currency=currency,
        received=from_units(said.amount_received, currency),
        order_id=_id_in(said.metadata, "order_id"),
        last_error=failed.code if failed else None,
    )


def _refund(said: "stripe.Refund") -> RefundResult:
    currency = said.currency.upper()
    return RefundResult(
        id=said.id,
        status=RefundStatus(said.status or RefundStatus.PENDING),
        amount=from_units(said.amount, currency),
        currency=currency,
        refund_id=_id_in(said.metadata, "refund_id"),
    )


def _id_in(metadata: "stripe.StripeObject | None", name: str) -> UUID | None:
    # Staff can write metadata by hand in the dashboard: a value that is not an id is not ours.
    try:
        return UUID(str(metadata[name])) if metadata and name in metadata else None
    except ValueError:
        return None
