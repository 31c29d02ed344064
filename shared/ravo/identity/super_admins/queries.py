"""The SQL of who else is a super admin."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ravo.identity.access.models import Role, UserRole
from ravo.identity.accounts.models import User
from ravo.identity.oauth.models import OAuthAccount


def holds_role(session: Session, user_id: UUID, name: str) -> bool:
    """Whether someone has a role."""
    held = select(UserRole.user_id).join(Role, Role.id == UserRole.role_id)
    return bool(session.scalar(select(held.where(UserRole.user_id == user_id, Role.name == name).exists())))


def role_for_update(session: Session, name: str) -> None:
    """Lock a role by its name; giving it to a user does not wait for this lock."""
    session.execute(select(Role.id).where(Role.name == name).with_for_update(key_share=True))


def another_holder(session: Session, user_id: UUID, name: str) -> bool:
    """Whether another user who has a role can sign in, with a password or through a provider."""
    has_provider = select(OAuthAccount.id).where(OAuthAccount.user_id == User.id).exists()
    others = (
        select(User.id)
        .join(UserRole, UserRole.user_id == User.id)
        .join(Role, Role.id == UserRole.role_id)
        .where(Role.name == name, User.id != user_id, User.deleted_at.is_(None), User.disabled_at.is_(None))
        .where(or_(User.password_hash.is_not(None), has_provider))
    )
    return bool(session.scalar(select(others.exists())))
