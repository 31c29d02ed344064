"""What people agreed to, and took back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.identity.accounts.models import User
from ravo.platform.database import Base
from ravo.platform.models import Identified, timestamp


class Consent(Identified, Base):
    """Someone agreed to a purpose or took it back; the latest row of a purpose counts, the others are its history."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_user_id", "user_id", "purpose", text("given_at DESC")),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(32))
    granted: Mapped[bool]
    # Which text was agreed to.
    policy_version: Mapped[str] = mapped_column(String(32), server_default="")
    # Where the choice was made: registration, account, mail.
    source: Mapped[str] = mapped_column(String(32))
    given_at: Mapped[datetime] = timestamp(server_default=text("clock_timestamp()"))
