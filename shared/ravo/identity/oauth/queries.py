"""The SQL of linked accounts, one named function per statement."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ravo.identity.accounts.models import User
from ravo.identity.oauth.models import OAuthAccount


class Link(NamedTuple):
    """An account at a provider, and the user that it is linked to."""

    account: OAuthAccount
    user: User


def link(session: Session, provider: str, subject: str) -> Link | None:
    """Return the link of a provider's account, even if the account here is closed or disabled."""
    statement = (
        select(OAuthAccount, User)
        .join(User, User.id == OAuthAccount.user_id)
        .where(OAuthAccount.provider == provider, OAuthAccount.subject == subject)
    )
    row = session.execute(statement).one_or_none()
    return Link(*row) if row else None


def links_of(session: Session, user_id: UUID) -> list[OAuthAccount]:
    """Return a user's linked accounts, the first linked first."""
    statement = select(OAuthAccount).where(OAuthAccount.user_id == user_id)
    return list(session.scalars(statement.order_by(OAuthAccount.created_at, OAuthAccount.id)))


def user_for_update(session: Session, user_id: UUID) -> User | None:
    """Return a user, locked, so that two ways to sign in are not removed at once."""
    return session.scalar(select(User).where(User.id == user_id, User.deleted_at.is_(None)).with_for_update())


def unlink(session: Session, link_id: UUID) -> None:
    """Unlink an account at a provider."""
    session.execute(delete(OAuthAccount).where(OAuthAccount.id == link_id))
