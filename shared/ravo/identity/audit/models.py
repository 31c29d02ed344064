"""The audit log: what staff and machines changed.

The database writes it by triggers and keeps anyone from changing it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ravo.platform.database import Base
from ravo.platform.models import timestamp


class AuditEntry(Base):
    """One row that one act changed: who did it, by which function, from where, and the row before and after."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_entity", "entity", "entity_id", "id"),
        Index("ix_audit_log_entity_id", "entity_id", "id"),
        Index("ix_audit_log_actor_id", "actor_id", "id"),
        Index("ix_audit_log_action", "action", "id"),
        Index("ix_audit_log_occurred_at", "occurred_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuid7()"))
    occurred_at: Mapped[datetime] = timestamp(server_default=text("clock_timestamp()"))
    actor_id: Mapped[UUID]
    # A user, a machine's key, or an operator from outside the shop, whose id is nothing but zeros.
    actor_kind: Mapped[str] = mapped_column(String(8))
    # The function by its name, like UpdateProduct.
    action: Mapped[str] = mapped_column(String(64))
    # The table, the row's key in it, and insert, update or delete. An act that changes no row names its subject
    # instead.
    entity: Mapped[str] = mapped_column(String(64))
    entity_id: Mapped[str] = mapped_column(String(80))
    change: Mapped[str] = mapped_column(String(8))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    network_address: Mapped[str] = mapped_column(String(45))
    user_agent: Mapped[str] = mapped_column(Text)
    request_id: Mapped[str] = mapped_column(String(64))
