"""What providers report by webhook: received and remembered at once, looked at in a queue."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.adapters.payments import Intent, PaymentRefused, ReportedEvent
from ravo.adapters.registry import provider
from ravo.platform import outbox
from ravo.platform.database import reading, transaction
from ravo.platform.errors import Forbidden
from ravo.platform.events import Envelope
from ravo.platform.observability import count
from ravo.platform.schemas import Reply
from ravo.sales.events import PaymentDeclined, PaymentReported
from ravo.sales.payments import receipt_queries as receipts
from ravo.sales.payments import refunding
from ravo.sales.payments.names import STRIPE
from ravo.sales.payments.settling import settle


class ForeignAccount(Forbidden):
    message = "This event is of another account."


class Received(Reply):
    """The event is remembered; what it means is looked at later. `isNew` is false for one that came before."""

    is_new: bool


def verified(body: bytes, signature: str) -> ReportedEvent:
    """Read a webhook of Stripe's. Refuses with `WebhookSignatureInvalid`, or `ForeignAccount` what happened in another account."""
    event = provider(STRIPE).verify_webhook(body, signature)
    if event.account is not None:
        raise ForeignAccount
    return event


def receive(session: Session, event: ReportedEvent) -> Received:
    """Remember an event, and have it looked at; the same event again is remembered already.

    Of what it says only names are kept: the object is asked for as it is when its turn comes.
    """
    about = event.raw["data"]["object"]
    payload = {"kind": event.object_kind, "id": event.object_id, "intent": about.get("payment_intent")}
    receipt = receipts.add(session, provider=STRIPE, event_id=event.id, type=event.type, payload=payload)
    if receipt:
        outbox.record(session, PaymentReported(aggregate_id=receipt, version=1))
    return Received(is_new=receipt is not None)


def process(envelope: Envelope) -> None:
    """Make true of the order what a report is about. Raises `ProviderUnavailable`, and then the queue tries again."""
    with reading() as session:
        receipt = receipts.by_id(session, envelope.aggregate_id)
    if receipt is None or receipt.processed_at:
        return
    intent_id = _intent_of(receipt.payload)
    intent = _find(intent_id) if intent_id else None
    if intent_id and receipt.payload["kind"] != "payment_intent":
        refunding.take_over(intent_id)
    with transaction() as session:
        if not receipts.end(session, receipt.id, settle(session, intent) if intent else "not_ours"):
            return
        if intent and intent.last_error and intent.order_id:
            _tell_declined(session, receipt.id, intent.order_id, intent.last_error)


def _intent_of(payload: dict[str, Any]) -> str | None:
    return payload["id"] if payload["kind"] == "payment_intent" else payload["intent"]


def _find(intent_id: str) -> Intent | None:
    try:
        return provider(STRIPE).find_intent(intent_id)
    except PaymentRefused:
        # Nobody there knows it: a test of the webhook from the provider's own pages, most likely.
        return None


def _tell_declined(session: Session, receipt_id: UUID, order_id: UUID, failure: str) -> None:
    count("PaymentFailed")
    outbox.record(session, PaymentDeclined(aggregate_id=receipt_id, version=1, order_id=order_id, failure=failure))
