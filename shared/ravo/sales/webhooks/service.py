"""The rules of webhooks: stored at once, processed in a queue."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.adapters.payments import Intent, PaymentRefused, ReportedEvent
from ravo.adapters.registry import provider
from ravo.platform import outbox
from ravo.platform.database import reading, transaction
from ravo.platform.events import Envelope
from ravo.platform.observability import count
from ravo.sales.payments.service import STRIPE
from ravo.sales.refunds import service as refunds
from ravo.sales.settlement.service import settle
from ravo.sales.webhooks import queries as receipts
from ravo.sales.webhooks.errors import ForeignAccount
from ravo.sales.webhooks.events import PaymentDeclined, PaymentReported
from ravo.sales.webhooks.schemas import Received


def verified(body: bytes, signature: str) -> ReportedEvent:
    """Read a webhook of Stripe. Refuses with `WebhookSignatureInvalid` or `ForeignAccount`."""
    event = provider(STRIPE).verify_webhook(body, signature)
    if event.account is not None:
        raise ForeignAccount
    return event


def receive(session: Session, event: ReportedEvent) -> Received:
    """Store an event once, and have it processed in a queue.

    Only ids are kept of its body: the current state is fetched from the provider when the event is processed.
    """
    about = event.raw["data"]["object"]
    payload = {"kind": event.object_kind, "id": event.object_id, "intent": about.get("payment_intent")}
    receipt = receipts.add(session, provider=STRIPE, event_id=event.id, type=event.type, payload=payload)
    if receipt:
        outbox.record(session, PaymentReported(aggregate_id=receipt, version=1))
    return Received(is_new=receipt is not None)


def process(envelope: Envelope) -> None:
    """Settle the payment that a webhook is about. Raises `ProviderUnavailable`; the queue then tries again."""
    with reading() as session:
        receipt = receipts.by_id(session, envelope.aggregate_id)
    if receipt is None or receipt.processed_at:
        return
    intent_id = _intent_of(receipt.payload)
    intent = _find(intent_id) if intent_id else None
    if intent_id and receipt.payload["kind"] != "payment_intent":
        refunds.sync_with_provider(intent_id)
    with transaction() as session:
        if not receipts.end(session, receipt.id, settle(session, intent) if intent else "not_ours"):
            return
        if intent and intent.last_error and intent.order_id:
            _record_decline(session, receipt.id, intent.order_id, intent.last_error)


def _intent_of(payload: Mapping[str, Any]) -> str | None:
    return payload["id"] if payload["kind"] == "payment_intent" else payload["intent"]


def _find(intent_id: str) -> Intent | None:
    try:
        return provider(STRIPE).find_intent(intent_id)
    except PaymentRefused:
        # The provider does not know it: most likely a test from its dashboard.
        return None


def _record_decline(session: Session, receipt_id: UUID, order_id: UUID, failure: str) -> None:
    count("PaymentFailed")
    outbox.record(session, PaymentDeclined(aggregate_id=receipt_id, version=1, order_id=order_id, failure=failure))
