"""How someone gets in: sessions with their refresh tokens, tokens that mails carry, other providers, and second factors."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.identity.models.people import User
from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed, timestamp


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
    """One use of a session: its tokens may be used once each, and are known only by their hashes."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (Index("ix_refresh_tokens_used_at", "used_at", postgresql_where=text("used_at IS NOT NULL")),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime] = timestamp(server_default=func.now())
    used_at: Mapped[datetime | None] = timestamp()


class MailedToken(Identified, Base):
    """What a mail's link carries, known only by its hash: once, and for a while, it proves that its bearer reads that mailbox."""

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


class OAuthAccount(Identified, Timed, Base):
    """An account elsewhere that opens one here."""

    __tablename__ = "oauth_accounts"
    __table_args__ = (
        UniqueConstraint("provider", "subject", name="uq_oauth_accounts_provider_subject"),
        UniqueConstraint("user_id", "provider", name="uq_oauth_accounts_user_provider"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"))
    provider: Mapped[str] = mapped_column(String(16))
    # What the provider calls the person; its mail address there may change, this does not.
    subject: Mapped[str] = mapped_column(String(255))
    email: Mapped[str] = mapped_column(String(254))


class SecondFactor(Timed, Base):
    """What makes someone's one-time passwords (TOTP), sealed; it counts once it was confirmed."""

    __tablename__ = "second_factors"

    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    confirmed_at: Mapped[datetime | None] = timestamp()
    # The time step of the last password that was taken, so that none is taken twice.
    last_step: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    # Wrong passwords since the last right one, and when the last of them came: each makes the next wait.
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    failed_at: Mapped[datetime | None] = timestamp()


class RecoveryCode(Identified, Base):
    """A way in without the second factor, once; known only by its hash."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime] = timestamp(server_default=func.now())
    used_at: Mapped[datetime | None] = timestamp()
