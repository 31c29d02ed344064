"""The SQL of accounts elsewhere, one named function a statement."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ravo.identity.accounts.models import User
from ravo.identity.oauth.models import OAuthAccount


class Link(NamedTuple):
    """An account elsewhere, and whom it opens an account for."""

    account: OAuthAccount
    user: User


def link(session: Session, provider: str, subject: str) -> Link | None:
    """Return what an account elsewhere opens, also when that is closed or disabled."""
    statement = (
        select(OAuthAccount, User)
        .join(User, User.id == OAuthAccount.user_id)
        .where(OAuthAccount.provider == provider, OAuthAccount.subject == subject)
    )
    row = session.execute(statement).one_or_none()
    return Link(*row) if row else None


def links_of(session: Session, user_id: UUID) -> list[OAuthAccount]:
    """Return a user's accounts elsewhere, the first linked first."""
    statement = select(OAuthAccount).where(OAuthAccount.user_id == user_id)
    return list(session.scalars(statement.order_by(OAuthAccount.created_at, OAuthAccount.id)))


def user_for_update(session: Session, user_id: UUID) -> User | None:
    """Return a user, locked, so that two ways in are not taken away at once."""
    return session.scalar(select(User).where(User.id == user_id, User.deleted_at.is_(None)).with_for_update())


def unlink(session: Session, link_id: UUID) -> None:
    """Let an account elsewhere open nothing any more."""
    session.execute(delete(OAuthAccount).where(OAuthAccount.id == link_id))
