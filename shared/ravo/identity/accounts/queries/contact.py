"""The SQL of how someone is reached."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ravo.identity.models.people import User


def email_of(session: Session, user_id: UUID) -> str | None:
    """Return a user's mail address unless the account is closed or disabled."""
    is_active = User.deleted_at.is_(None) & User.disabled_at.is_(None)
    return session.scalar(select(User.email).where(User.id == user_id, is_active))
