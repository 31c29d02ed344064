"""The SQL of everyone's accounts, as staff see and change them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, or_, select, tuple_
from sqlalchemy.orm import Session

from ravo.identity.access.models import Role, RolePermission, UserRole
from ravo.identity.accounts.models import User
from ravo.identity.sessions.models import UserSession
from ravo.identity.totp.models import SecondFactor

type UserStatus = Literal["active", "disabled"]

_LOOKED_UP_BY = (User.email, User.first_name, User.last_name)
# More words than any name has.
_MOST_WORDS = 6


@dataclass(frozen=True)
class Filters:
    """What a list of users is narrowed by.

    Each word of `search` begins the mail address, the first or the last name.
    """

    search: str = ""
    role_id: UUID | None = None
    status: UserStatus | None = None


class Detail(NamedTuple):
    """A user with what else is known of the account."""

    user: User
    roles: list[str]
    permissions: list[str]
    sessions: int
    last_seen_at: datetime | None
    has_second_factor: bool


def page_of_users(session: Session, filters: Filters, *, after: User | None, limit: int) -> Sequence[User]:
    """Return users who have not closed their accounts, the newest first; `after` continues after that one."""
    statement = select(User).where(User.deleted_at.is_(None))
    if filters.role_id is not None:
        has_role = select(UserRole.user_id).where(UserRole.user_id == User.id, UserRole.role_id == filters.role_id)
        statement = statement.where(has_role.exists())
    if filters.status is not None:
        was = User.disabled_at
        statement = statement.where(was.is_(None) if filters.status == "active" else was.is_not(None))
    for word in filters.search.lower().split()[:_MOST_WORDS]:
        statement = statement.where(or_(*(func.lower(each).like(_beginning(word)) for each in _LOOKED_UP_BY)))
    if after is not None:
        statement = statement.where(tuple_(User.created_at, User.id) < (after.created_at, after.id))
    statement = statement.order_by(User.created_at.desc(), User.id.desc()).limit(limit)
    return session.scalars(statement.execution_options(planned_each_time=True)).all()


def _beginning(word: str) -> str:
    return "".join(f"\\{letter}" if letter in "\\%_" else letter for letter in word) + "%"


def user_of_cursor(session: Session, user_id: UUID) -> User | None:
    """Return the user that a page ended with, even one who has closed the account since."""
    return session.get(User, user_id)


def user_for_update(session: Session, user_id: UUID) -> User | None:
    """Return a user who has not closed the account, and lock the row; rows that refer to it can still be written."""
    found = select(User).where(User.id == user_id, User.deleted_at.is_(None)).with_for_update(key_share=True)
    return session.scalar(found.execution_options(populate_existing=True))


def detail(session: Session, user_id: UUID) -> Detail | None:
    """Return a user with roles, permissions, open sessions and second factor."""
    living = (UserSession.user_id == User.id, UserSession.ended_at.is_(None), UserSession.expires_at > func.now())
    held = select(Role.name).join(UserRole, UserRole.role_id == Role.id).where(UserRole.user_id == User.id)
    allowed = (
        select(RolePermission.permission)
        .join(UserRole, UserRole.role_id == RolePermission.role_id)
        .where(UserRole.user_id == User.id)
        .distinct()
    )
    confirmed = select(SecondFactor.user_id).where(
        SecondFactor.user_id == User.id, SecondFactor.confirmed_at.is_not(None)
    )
    statement = select(
        User,
        func.array(held.scalar_subquery()),
        func.array(allowed.scalar_subquery()),
        select(func.count()).select_from(UserSession).where(*living).scalar_subquery(),
        select(func.max(UserSession.last_used_at)).where(UserSession.user_id == User.id).scalar_subquery(),
        confirmed.exists(),
    ).where(User.id == user_id, User.deleted_at.is_(None))
    row = session.execute(statement).one_or_none()
    return Detail(*row) if row else None


def roles_of(session: Session, user_ids: Iterable[UUID]) -> dict[UUID, Sequence[str]]:
    """Return the names of the roles that users have."""
    statement = (
        select(UserRole.user_id, func.array_agg(Role.name).label("names"))
        .join(Role, Role.id == UserRole.role_id)
        .where(UserRole.user_id.in_(list(user_ids)))
        .group_by(UserRole.user_id)
    )
    return {row.user_id: row.names for row in session.execute(statement)}


def set_roles(session: Session, user_id: UUID, *, taken: Iterable[UUID], given: Iterable[UUID]) -> None:
    """Take roles from a user and give others."""
    session.execute(delete(UserRole).where(UserRole.user_id == user_id, UserRole.role_id.in_(list(taken))))
    session.add_all(UserRole(user_id=user_id, role_id=role_id) for role_id in given)
    session.flush()
