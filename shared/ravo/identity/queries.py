"""Identity's SQL, one named function a statement."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.orm import Session

from ravo.identity.models.access import Permission, Role, RolePermission, UserRole
from ravo.identity.models.people import User
from ravo.identity.models.sessions import OAuthAccount, RefreshToken, UserSession


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


def holds_role(session: Session, user_id: UUID, name: str) -> bool:
    """Whether someone has a role."""
    held = select(UserRole.user_id).join(Role, Role.id == UserRole.role_id)
    return bool(session.scalar(select(held.where(UserRole.user_id == user_id, Role.name == name).exists())))


def role_for_update(session: Session, name: str) -> None:
    """Lock a role by its name; giving it to someone does not wait for that."""
    session.execute(select(Role.id).where(Role.name == name).with_for_update(key_share=True))


def another_holder(session: Session, user_id: UUID, name: str) -> bool:
    """Whether someone else has a role who can sign in: by a password or by another provider."""
    has_provider = select(OAuthAccount.id).where(OAuthAccount.user_id == User.id).exists()
    others = (
        select(User.id)
        .join(UserRole, UserRole.user_id == User.id)
        .join(Role, Role.id == UserRole.role_id)
        .where(Role.name == name, User.id != user_id, User.deleted_at.is_(None), User.disabled_at.is_(None))
        .where(or_(User.password_hash.is_not(None), has_provider))
    )
    return bool(session.scalar(select(others.exists())))


def update_profile(session: Session, user_id: UUID, version: int, values: dict[str, str | None]) -> bool:
    """Change a user, unless someone changed it since `version`; tells whether it did."""
    statement = (
        update(User)
        .where(User.id == user_id, User.version == version, User.deleted_at.is_(None))
        .values(**values, version=User.version + 1, updated_at=func.now())
        .returning(User.id)
    )
    return session.scalar(statement) is not None


class Presented(NamedTuple):
    """A refresh token that was shown, and the session that it belongs to."""

    token: RefreshToken
    session: UserSession


def presented_for_update(session: Session, token_hash: bytes) -> Presented | None:
    """Return the refresh token with this hash, and lock its session, so that of two uses at once one comes second."""
    statement = (
        select(RefreshToken, UserSession)
        .join(UserSession, UserSession.id == RefreshToken.session_id)
        .where(RefreshToken.hash == token_hash)
        .with_for_update()
    )
    row = session.execute(statement).one_or_none()
    return Presented(*row) if row else None


_SEED = (
    text(
        "INSERT INTO permissions (name, description) VALUES (:name, :description)"
        " ON CONFLICT (name) DO UPDATE SET description = excluded.description"
    ),
    text(
        "INSERT INTO roles (id, name, description, is_system) VALUES (:id, :name, :description, true)"
        " ON CONFLICT (name) DO NOTHING"
    ),
    text(
        "INSERT INTO role_permissions (role_id, permission) SELECT id, :permission FROM roles WHERE name = :role"
        " ON CONFLICT DO NOTHING"
    ),
)


def seed(
    session: Session,
    permissions: list[dict[str, object]],
    roles: list[dict[str, object]],
    grants: list[dict[str, object]],
) -> None:
    """Add the permissions and roles that are missing, and the grants of those that were; what an owner changed since stays."""
    known = {*session.scalars(select(Permission.name)), *session.scalars(select(Role.name))}
    new = [grant for grant in grants if not {grant["role"], grant["permission"]} <= known]
    for statement, rows in zip(_SEED, (permissions, roles, new), strict=True):
        if rows:
            session.execute(statement, rows)
