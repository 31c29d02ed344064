"""The SQL of people and what they asked for."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ravo.identity.models.people import User
from ravo.identity.models.sessions import UserSession

_ACTIVE = select(User).where(User.deleted_at.is_(None), User.disabled_at.is_(None))


def person(session: Session, user_id: UUID) -> User | None:
    """Return a user unless the account is closed or disabled."""
    return session.scalar(_ACTIVE.where(User.id == user_id))


def person_for_update(session: Session, user_id: UUID) -> User | None:
    """Return a user unless the account is closed or disabled, and lock the row: it guards all that the user has."""
    return session.scalar(_ACTIVE.where(User.id == user_id).with_for_update())


def person_by_email(session: Session, email: str) -> User | None:
    """Return the user of a mail address, whatever its case, unless the account is disabled."""
    return session.scalar(_ACTIVE.where(func.lower(User.email) == email.lower()))


def user_by_email(session: Session, email: str) -> User | None:
    """Return the user of a mail address, whatever its case, disabled or not."""
    return session.scalar(select(User).where(func.lower(User.email) == email.lower(), User.deleted_at.is_(None)))


def is_email_taken(session: Session, email: str, *, by_other_than: UUID) -> bool:
    """Whether another account, disabled or not, has a mail address."""
    taken = select(User.id).where(
        func.lower(User.email) == email.lower(), User.deleted_at.is_(None), User.id != by_other_than
    )
    return bool(session.scalar(select(taken.exists())))


def session_by_id(session: Session, session_id: UUID, user_id: UUID) -> UserSession | None:
    """Return a user's session."""
    return session.scalar(select(UserSession).where(UserSession.id == session_id, UserSession.user_id == user_id))
