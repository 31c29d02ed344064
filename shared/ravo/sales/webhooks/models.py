"""Webhooks that came in."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ravo.platform.database import Base
from ravo.platform.models import Identified, timestamp


class WebhookReceipt(Identified, Base):
    """A provider's event as it came in, once. `outcome` is set once it is processed."""

    __tablename__ = "webhook_receipts"
    __table_args__ = (
        UniqueConstraint("provider", "provider_event_id", name="uq_webhook_receipts_event"),
        Index("ix_webhook_receipts_received_at", "received_at"),
    )

    provider: Mapped[str] = mapped_column(String(16))
    provider_event_id: Mapped[str] = mapped_column(String(120))
    type: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    received_at: Mapped[datetime] = timestamp(server_default=text("now()"))
    processed_at: Mapped[datetime | None] = timestamp()
    outcome: Mapped[str | None] = mapped_column(String(64))
