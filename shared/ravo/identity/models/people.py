"""Who someone is: the account, where parcels go, what was agreed to, and what was asked for under the law."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed, timestamp

# What staff look people up by, is found by how it begins.
_LOOKED_UP_BY = ("email", "first_name", "last_name")


class User(Identified, Timed, Base):
    """A shopper or a member of staff. Mail addresses are unique whatever their case; who comes by another door may have no password."""

    __tablename__ = "users"
    __table_args__ = (
        Index("uq_users_email", func.lower(text("email")), unique=True, postgresql_where=text("deleted_at IS NULL")),
        Index("ix_users_created_at", "created_at", "id"),
        Index("ix_users_disabled", "created_at", "id", postgresql_where=text("disabled_at IS NOT NULL")),
        *(
            Index(
                f"ix_users_{name}_begins",
                func.lower(text(name)).label("it"),
                postgresql_ops={"it": "text_pattern_ops"},
            )
            for name in _LOOKED_UP_BY
        ),
    )

    email: Mapped[str] = mapped_column(String(254))
    password_hash: Mapped[str | None] = mapped_column(Text)
    first_name: Mapped[str] = mapped_column(String(100), server_default="")
    last_name: Mapped[str] = mapped_column(String(100), server_default="")
    locale: Mapped[str] = mapped_column(String(12), server_default="en")
    # What prices are shown in; empty for the shop's own.
    currency: Mapped[str | None] = mapped_column(String(3))
    email_verified_at: Mapped[datetime | None] = timestamp()
    disabled_at: Mapped[datetime | None] = timestamp()
    # Closed by its owner; it is erased soon after.
    deleted_at: Mapped[datetime | None] = timestamp()
    version: Mapped[int] = mapped_column(server_default="1")


class Address(Identified, Timed, Base):
    """An address that a user keeps; one at most is where things go, one who pays."""

    __tablename__ = "addresses"
    __table_args__ = (
        Index("uq_addresses_shipping", "user_id", unique=True, postgresql_where=text("is_default_shipping")),
        Index("uq_addresses_billing", "user_id", unique=True, postgresql_where=text("is_default_billing")),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(60), server_default="")
    # The fields of `ravo.platform.addresses`, by their names there, as carts and orders keep theirs.
    address: Mapped[dict[str, Any]] = mapped_column(JSONB)
    is_default_shipping: Mapped[bool] = mapped_column(server_default=text("false"))
    is_default_billing: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default="1")


class Consent(Identified, Base):
    """Someone agreed to a purpose or took it back; the latest row of a purpose counts, the others are its history."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_user_id", "user_id", "purpose", text("given_at DESC")),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(32))
    granted: Mapped[bool]
    # Which text was agreed to.
    policy_version: Mapped[str] = mapped_column(String(32), server_default="")
    # Where it was said: registration, account, mail.
    source: Mapped[str] = mapped_column(String(32))
    given_at: Mapped[datetime] = timestamp(server_default=text("clock_timestamp()"))


class PrivacyRequest(Identified, Timed, Base):
    """Someone asked for a copy of the own data, or to be forgotten. It outlives the account, so it names it without pointing to it."""

    __tablename__ = "privacy_requests"
    __table_args__ = (
        CheckConstraint("kind IN ('export', 'erasure')", name="kind_known"),
        CheckConstraint("status IN ('requested', 'done', 'expired')", name="status_known"),
        CheckConstraint("user_id IS NOT NULL OR email IS NOT NULL OR status <> 'requested'", name="someone"),
        Index("ix_privacy_requests_user_id", "user_id", "created_at"),
        Index("ix_privacy_requests_expires_at", "expires_at", postgresql_where=text("status = 'done'")),
    )

    # Whose data: an account's, or for a guest what a proven mail address stands on, until it is dealt with.
    user_id: Mapped[UUID | None] = mapped_column()
    email: Mapped[str | None] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(12), server_default="en")
    kind: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16), server_default="requested")
    # Who asked: the person, or staff for the person.
    requested_by: Mapped[UUID]
    completed_at: Mapped[datetime | None] = timestamp()
    # The copy: where it lies, what opens it, and until when.
    object_key: Mapped[str | None] = mapped_column(Text)
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    expires_at: Mapped[datetime | None] = timestamp()
    # What was erased or copied: so many of each.
    summary: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
