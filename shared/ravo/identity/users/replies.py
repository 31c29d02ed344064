"""Everyone's accounts as staff see them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.accounts.models import User
from ravo.identity.roles import queries as role_queries
from ravo.identity.roles.errors import UnknownRole
from ravo.identity.users import queries
from ravo.identity.users.errors import UserNotFound
from ravo.identity.users.queries import UserStatus
from ravo.identity.users.schemas import UserDetail, UserSummary
from ravo.platform.errors import Detail, Invalid
from ravo.platform.paging import CursorPage


def page_of_users(
    session: Session, *, search: str, role: str | None, status: UserStatus | None, cursor: UUID | None, limit: int
) -> tuple[Sequence[UserSummary], CursorPage]:
    """Return one page of users, the newest first.

    Refuses with `UnknownRole`, or `Invalid` for a cursor that no page gave.
    """
    role_id = role_queries.role_id_by_name(session, role) if role else None
    if role and role_id is None:
        raise UnknownRole(details=[Detail("role", f"there is no {role}")])
    after = queries.user_of_cursor(session, cursor) if cursor else None
    if cursor and after is None:
        raise _strange_cursor()
    filters = queries.Filters(search, role_id, status)
    found = queries.page_of_users(session, filters, after=after, limit=limit + 1)
    shown = found[:limit]
    roles = queries.roles_of(session, [user.id for user in shown])
    summaries = [UserSummary(**_summary(user, roles.get(user.id, []))) for user in shown]
    return summaries, CursorPage.of(limit, next_cursor=str(shown[-1].id) if len(found) > limit else None)


def user_of(session: Session, user_id: UUID) -> UserDetail:
    """Return a user. Refuses with `UserNotFound`."""
    found = queries.detail(session, user_id)
    if found is None:
        raise UserNotFound
    return UserDetail(
        **_summary(found.user, found.roles),
        locale=found.user.locale,
        permissions=sorted(found.permissions),
        has_password=found.user.password_hash is not None,
        has_second_factor=found.has_second_factor,
        sessions=found.sessions,
        last_seen_at=found.last_seen_at,
        disabled_at=found.user.disabled_at,
    )


def _summary(user: User, roles: Sequence[str]) -> dict[str, Any]:
    return {
        "id": user.id,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "status": "active" if user.disabled_at is None else "disabled",
        "email_verified": user.email_verified_at is not None,
        "roles": sorted(roles),
        "created_at": user.created_at,
        "version": user.version,
    }


def _strange_cursor() -> Invalid:
    return Invalid(details=[Detail("cursor", "is not one that a page returned")])
