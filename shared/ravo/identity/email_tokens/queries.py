"""The SQL of the tokens that mails carry."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from ravo.identity.email_tokens.models import MailedToken

# Of two uses at once the second waits here for the first, and then finds no unused token.
_REDEEM = text(
    """
    UPDATE mailed_tokens SET used_at = now()
    WHERE hash = :hash AND purpose = :purpose AND used_at IS NULL AND expires_at > clock_timestamp()
    RETURNING user_id, email
    """
)


class Proven(NamedTuple):
    """What a token proved: that someone reads the address that it was mailed to for this user."""

    user_id: UUID
    email: str


def add_token(session: Session, token: MailedToken) -> None:
    """Add a token."""
    session.add(token)
    session.flush()


def redeem(session: Session, *, token_hash: bytes, purpose: str) -> Proven | None:
    """Use a token up, and return its user and the address that it was mailed to; None when it can't be used."""
    row = session.execute(_REDEEM, {"hash": token_hash, "purpose": purpose}).one_or_none()
    return Proven._make(row) if row else None


def retire(session: Session, user_id: UUID, *, purpose: str | None = None, but: UUID | None = None) -> None:
    """End the unused tokens of a user, of one purpose or of all, but for one."""
    statement = update(MailedToken).where(
        MailedToken.user_id == user_id, MailedToken.used_at.is_(None), MailedToken.expires_at > func.now()
    )
    if purpose:
        statement = statement.where(MailedToken.purpose == purpose)
    if but:
        statement = statement.where(MailedToken.id != but)
    session.execute(statement.values(expires_at=func.now()))


def count_recent(session: Session, user_id: UUID, *, purpose: str, within: timedelta) -> int:
    """Return how many tokens of a purpose a user was given recently."""
    recent = select(func.count()).where(
        MailedToken.user_id == user_id, MailedToken.purpose == purpose, MailedToken.created_at > func.now() - within
    )
    return session.scalar(recent) or 0


def token_for_update(session: Session, token_id: UUID) -> MailedToken | None:
    """Return a token by its id, and lock it."""
    return session.scalar(select(MailedToken).where(MailedToken.id == token_id).with_for_update())
