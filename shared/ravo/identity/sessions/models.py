"""Sessions and their refresh tokens."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.identity.accounts.models import User
from ravo.platform.database import Base
from ravo.platform.models import Identified, timestamp


class UserSession(Identified, Base):
    """A sign-in on one device, from then until it ends; its id is the `sid` of its access tokens."""

    __tablename__ = "sessions"
    __table_args__ = (
        Index("ix_sessions_user_id", "user_id", "last_used_at"),
        Index("ix_sessions_ended_at", "ended_at", postgresql_where=text("ended_at IS NOT NULL")),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))
    user_agent: Mapped[str] = mapped_column(String(255), server_default="")
    network_address: Mapped[str] = mapped_column(String(45), server_default="")
    created_at: Mapped[datetime] = timestamp(server_default=func.now())
    last_used_at: Mapped[datetime] = timestamp(server_default=func.now())
    expires_at: Mapped[datetime] = timestamp(index=True)
    ended_at: Mapped[datetime | None] = timestamp()
    # Whether a second factor was shown in it; its access tokens say so.
    second_factor: Mapped[bool] = mapped_column(server_default=text("false"))


class RefreshToken(Identified, Base):
    """One refresh of a session: each of its tokens may be used once, and is kept only as a hash."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (Index("ix_refresh_tokens_used_at", "used_at", postgresql_where=text("used_at IS NOT NULL")),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime] = timestamp(server_default=func.now())
    used_at: Mapped[datetime | None] = timestamp()
