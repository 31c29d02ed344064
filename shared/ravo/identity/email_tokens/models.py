"""The tokens that mails carry, known by their hashes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, func
from sqlalchemy.orm import Mapped, mapped_column

from ravo.identity.accounts.models import User
from ravo.platform.database import Base
from ravo.platform.models import Identified, timestamp


class MailedToken(Identified, Base):
    """What a mail's link carries, kept only as a hash.

    Once, and for a limited time, it proves that its bearer reads that mailbox.
    """

    __tablename__ = "mailed_tokens"
    __table_args__ = (
        CheckConstraint("purpose IN ('verify_email', 'reset_password', 'change_email')", name="purpose_known"),
        Index("ix_mailed_tokens_user_id", "user_id", "purpose"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(16))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    # The address that the mail went to: the token proves that one and no other.
    email: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime] = timestamp(server_default=func.now())
    expires_at: Mapped[datetime] = timestamp(index=True)
    used_at: Mapped[datetime | None] = timestamp()
