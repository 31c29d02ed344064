"""The SQL of accounts: finding one, and changing one."""

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ravo.identity.accounts.models import User

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


def email_of(session: Session, user_id: UUID) -> str | None:
    """Return a user's mail address unless the account is closed or disabled."""
    is_active = User.deleted_at.is_(None) & User.disabled_at.is_(None)
    return session.scalar(select(User.email).where(User.id == user_id, is_active))


def update_profile(session: Session, user_id: UUID, version: int, values: dict[str, str | None]) -> bool:
    """Change a user unless someone changed it since `version`; returns whether it did."""
    statement = (
        update(User)
        .where(User.id == user_id, User.version == version, User.deleted_at.is_(None))
        .values(**values, version=User.version + 1, updated_at=func.now())
        .returning(User.id)
    )
    return session.scalar(statement) is not None
