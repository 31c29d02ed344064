"""The SQL of who may do what."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ravo.identity.access.models import ApiKey, ApiKeyPermission, Role, RolePermission, UserRole
from ravo.identity.accounts.models import User


class Account(NamedTuple):
    """A user with what the roles allow."""

    user: User
    roles: list[str]
    permissions: list[str]


_ACCOUNT = (
    select(
        User,
        func.array_remove(func.array_agg(func.distinct(Role.name)), None),
        func.array_remove(func.array_agg(func.distinct(RolePermission.permission)), None),
    )
    .outerjoin(UserRole, UserRole.user_id == User.id)
    .outerjoin(Role, Role.id == UserRole.role_id)
    .outerjoin(RolePermission, RolePermission.role_id == Role.id)
    .where(User.deleted_at.is_(None), User.disabled_at.is_(None))
    .group_by(User.id)
)


def account_by_email(session: Session, email: str) -> Account | None:
    """Return the account of a mail address, whatever its case."""
    row = session.execute(_ACCOUNT.where(func.lower(User.email) == email.lower())).one_or_none()
    return Account(*row) if row else None


def account_by_id(session: Session, user_id: UUID) -> Account | None:
    """Return a user's account unless it is disabled or deleted."""
    row = session.execute(_ACCOUNT.where(User.id == user_id)).one_or_none()
    return Account(*row) if row else None


def role_ids(session: Session, names: Iterable[str]) -> list[UUID]:
    """Return the ids of roles by name."""
    return list(session.scalars(select(Role.id).where(Role.name.in_(list(names)))))


def any_with_role(session: Session, name: str) -> bool:
    """Whether anyone has a role."""
    holders = select(UserRole.user_id).join(Role, Role.id == UserRole.role_id).where(Role.name == name)
    return bool(session.scalar(select(holders.exists())))


def permissions_of(session: Session, user_id: UUID) -> frozenset[str]:
    """Return what a user's roles allow, whether or not the user can sign in."""
    statement = (
        select(RolePermission.permission)
        .join(UserRole, UserRole.role_id == RolePermission.role_id)
        .where(UserRole.user_id == user_id)
    )
    return frozenset(session.scalars(statement))


def permissions_of_active(session: Session, user_id: UUID) -> frozenset[str]:
    """Return what a user may do now: nothing once the account is disabled or closed."""
    statement = (
        select(RolePermission.permission)
        .join(UserRole, UserRole.role_id == RolePermission.role_id)
        .join(User, User.id == UserRole.user_id)
        .where(User.id == user_id, User.deleted_at.is_(None), User.disabled_at.is_(None))
    )
    return frozenset(session.scalars(statement))


def permissions_of_living_key(session: Session, key_id: UUID) -> frozenset[str]:
    """Return what a machine's key may do now: nothing once it is revoked or has expired."""
    statement = (
        select(ApiKeyPermission.permission)
        .join(ApiKey, ApiKey.id == ApiKeyPermission.api_key_id)
        .where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None), ApiKey.expires_at > func.now())
    )
    return frozenset(session.scalars(statement))
