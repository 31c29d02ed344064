"""The platform's own tables, and the columns that every table has."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, String, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ravo.platform.database import Base
from ravo.platform.ids import uuid7


def timestamp(**options: Any) -> Mapped[Any]:
    """A column of aware UTC time."""
    return mapped_column(DateTime(timezone=True), **options)


class Identified:
    """A UUIDv7 as key."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)


class Timed:
    """When a row was made and last changed."""

    created_at: Mapped[datetime] = timestamp(server_default=func.now())
    updated_at: Mapped[datetime] = timestamp(server_default=func.now(), onupdate=func.now())


class OutboxEvent(Base):
    """An event, kept after it is published so that it can be replayed."""

    __tablename__ = "outbox_events"
    __table_args__ = (
        UniqueConstraint("aggregate_id", "version", "type", name="uq_outbox_events_aggregate_version_type"),
        Index("ix_outbox_events_unpublished", "occurred_at", "id", postgresql_where=text("published_at IS NULL")),
        Index("ix_outbox_events_type_occurred_at", "type", "occurred_at"),
        Index("ix_outbox_events_occurred_at", "occurred_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    occurred_at: Mapped[datetime] = timestamp()
    aggregate_id: Mapped[UUID]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    trace_id: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime | None] = timestamp()


class InboxEvent(Base):
    """A consumer has acted on an event."""

    __tablename__ = "inbox_events"

    consumer: Mapped[str] = mapped_column(Text, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    handled_at: Mapped[datetime] = timestamp(server_default=func.now(), index=True)


class Mail(Identified, Timed, Base):
    """A mail that an event asked for, and how far it is. There is one of a kind for each event."""

    __tablename__ = "mails"
    __table_args__ = (
        CheckConstraint("status IN ('sending', 'sent', 'failed')", name="status_known"),
        UniqueConstraint("kind", "event_id", name="uq_mails_kind_event"),
        Index("ix_mails_recipient", func.lower(text("recipient"))),
        Index("ix_mails_created_at", "created_at"),
    )

    kind: Mapped[str] = mapped_column(Text)
    event_id: Mapped[UUID]
    recipient: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    claimed_at: Mapped[datetime] = timestamp()
    sent_at: Mapped[datetime | None] = timestamp()
    # What SES calls it, to find it there.
    provider_id: Mapped[str | None] = mapped_column(Text)
