"""The SQL of webhook receipts."""

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ravo.platform.ids import uuid7
from ravo.sales.webhooks.models import WebhookReceipt

_ADD = text(
    """
    INSERT INTO webhook_receipts (id, provider, provider_event_id, type, payload)
    VALUES (:id, :provider, :event_id, :type, :payload)
    ON CONFLICT ON CONSTRAINT uq_webhook_receipts_event DO NOTHING
    RETURNING id
    """
)
_END = text(
    """
    UPDATE webhook_receipts SET processed_at = now(), outcome = :outcome
    WHERE id = :id AND processed_at IS NULL RETURNING id
    """
)


def add(session: Session, *, provider: str, event_id: str, type: str, payload: dict[str, Any]) -> UUID | None:
    """Add a receipt for an event; None when the event has one already."""
    values = {"provider": provider, "event_id": event_id, "type": type, "payload": Jsonb(payload)}
    return session.scalar(_ADD, values | {"id": uuid7()})


def by_id(session: Session, receipt_id: UUID) -> WebhookReceipt | None:
    """Return a receipt."""
    return session.scalars(select(WebhookReceipt).where(WebhookReceipt.id == receipt_id)).one_or_none()


def end(session: Session, receipt_id: UUID, outcome: str) -> bool:
    """Write the outcome of a webhook; False when another delivery was quicker."""
    return session.scalar(_END, {"id": receipt_id, "outcome": outcome}) is not None
