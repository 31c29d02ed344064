"""Requests that people make under data protection law."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed, timestamp


class PrivacyRequest(Identified, Timed, Base):
    """Someone's request for a copy of their data, or to be erased.

    It outlives the account, so it holds the account's id without a foreign key.
    """

    __tablename__ = "privacy_requests"
    __table_args__ = (
        CheckConstraint("kind IN ('export', 'erasure')", name="kind_known"),
        CheckConstraint("status IN ('requested', 'done', 'expired')", name="status_known"),
        CheckConstraint("user_id IS NOT NULL OR email IS NOT NULL OR status <> 'requested'", name="someone"),
        Index("ix_privacy_requests_user_id", "user_id", "created_at"),
        Index("ix_privacy_requests_expires_at", "expires_at", postgresql_where=text("status = 'done'")),
    )

    # Whose data: an account's, or for a guest the data under a proven mail address, until the request is done.
    user_id: Mapped[UUID | None] = mapped_column()
    email: Mapped[str | None] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(12), server_default="en")
    kind: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16), server_default="requested")
    # Who made the request: the person, or staff for the person.
    requested_by: Mapped[UUID]
    completed_at: Mapped[datetime | None] = timestamp()
    # The copy: where it is stored, the hash of its link's token, and until when the link works.
    object_key: Mapped[str | None] = mapped_column(Text)
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    expires_at: Mapped[datetime | None] = timestamp()
    # How many rows of each kind were erased or copied.
    summary: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
