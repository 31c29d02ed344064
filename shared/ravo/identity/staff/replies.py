"""People, roles, keys and the record of changes as answers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.models.people import User
from ravo.identity.permissions import PERMISSIONS
from ravo.identity.staff import keys
from ravo.identity.staff.errors import EntryNotFound, KeyNotFound, RoleNotFound, UnknownRole, UserNotFound
from ravo.identity.staff.keys import Made
from ravo.identity.staff.queries import audit as audit_queries
from ravo.identity.staff.queries import keys as key_queries
from ravo.identity.staff.queries import roles as role_queries
from ravo.identity.staff.queries import users as user_queries
from ravo.identity.staff.queries.audit import Told
from ravo.identity.staff.queries.keys import Granted
from ravo.identity.staff.queries.roles import Held
from ravo.identity.staff.queries.users import UserStatus
from ravo.identity.staff.schemas import (
    AccessGranted,
    ActorReply,
    EntryReply,
    KeyReply,
    NewKeyReply,
    PermissionReply,
    RoleReply,
    UserDetail,
    UserSummary,
)
from ravo.platform.errors import Detail, Invalid
from ravo.platform.paging import CursorPage, Page, Paging
from ravo.platform.tokens import LIFE


def page_of_users(
    session: Session, *, search: str, role: str | None, status: UserStatus | None, cursor: UUID | None, limit: int
) -> tuple[Sequence[UserSummary], CursorPage]:
    """Return one page of users, the newest first. Refuses with `UnknownRole`, or `Invalid` for a cursor that no page gave."""
    role_id = role_queries.role_id_by_name(session, role) if role else None
    if role and role_id is None:
        raise UnknownRole(details=[Detail("role", f"there is no {role}")])
    after = user_queries.user_of_cursor(session, cursor) if cursor else None
    if cursor and after is None:
        raise _strange_cursor()
    filters = user_queries.Filters(search, role_id, status)
    found = user_queries.page_of_users(session, filters, after=after, limit=limit + 1)
    shown = found[:limit]
    roles = user_queries.roles_of(session, [user.id for user in shown])
    summaries = [UserSummary(**_summary(user, roles.get(user.id, []))) for user in shown]
    return summaries, CursorPage.of(limit, next_cursor=str(shown[-1].id) if len(found) > limit else None)


def user_of(session: Session, user_id: UUID) -> UserDetail:
    """Return a user. Refuses with `UserNotFound`."""
    found = user_queries.detail(session, user_id)
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


def page_of_roles(session: Session, paging: Paging) -> tuple[Sequence[RoleReply], Page]:
    """Return one page of roles by name."""
    found, total = role_queries.page_of_roles(session, limit=paging.limit, offset=paging.offset)
    return [_role(held) for held in found], Page.of(paging, total)


def role_of(session: Session, role_id: UUID) -> RoleReply:
    """Return a role. Refuses with `RoleNotFound`."""
    found = role_queries.role_by_id(session, role_id)
    if found is None:
        raise RoleNotFound
    return _role(found)


def permissions() -> list[PermissionReply]:
    """Return all permissions that there are."""
    return [PermissionReply(name=name, description=description) for name, description in PERMISSIONS.items()]


def page_of_keys(session: Session, paging: Paging) -> tuple[Sequence[KeyReply], Page]:
    """Return one page of keys, the newest first."""
    found, total = key_queries.page_of_keys(session, limit=paging.limit, offset=paging.offset)
    return [KeyReply(**_key(granted)) for granted in found], Page.of(paging, total)


def key_of(session: Session, key_id: UUID) -> KeyReply:
    """Return a key without its secret. Refuses with `KeyNotFound`."""
    return KeyReply(**_key(_granted(session, key_id)))


def new_key_of(session: Session, made: Made) -> NewKeyReply:
    """Return a new key with its secret."""
    return NewKeyReply(**_key(_granted(session, made.id)), key=made.secret)


def access_granted(access_token: str) -> AccessGranted:
    """Return a token with how long it lives."""
    return AccessGranted(access_token=access_token, expires_in=int(LIFE.total_seconds()))


def page_of_entries(
    session: Session, filters: audit_queries.Filters, *, cursor: UUID | None, limit: int
) -> tuple[Sequence[EntryReply], CursorPage]:
    """Return one page of the record, the newest first."""
    found = audit_queries.newest_entries(session, filters, before=cursor, limit=limit + 1)
    shown = found[:limit]
    entries = [_entry(told) for told in shown]
    return entries, CursorPage.of(limit, next_cursor=str(shown[-1].entry.id) if len(found) > limit else None)


def entry_of(session: Session, entry_id: UUID) -> EntryReply:
    """Return an entry of the record. Refuses with `EntryNotFound`."""
    found = audit_queries.entry_by_id(session, entry_id)
    if found is None:
        raise EntryNotFound
    return _entry(found)


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


def _role(held: Held) -> RoleReply:
    role = held.role
    return RoleReply(
        id=role.id,
        name=role.name,
        description=role.description,
        permissions=sorted(held.permissions),
        is_system=role.is_system,
        version=role.version,
    )


def _granted(session: Session, key_id: UUID) -> Granted:
    found = key_queries.key_by_id(session, key_id)
    if found is None:
        raise KeyNotFound
    return found


def _key(granted: Granted) -> dict[str, Any]:
    key = granted.key
    return {
        "id": key.id,
        "name": key.name,
        "prefix": key.prefix,
        "permissions": sorted(keys.living_permissions(granted)),
        "created_by": key.created_by,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
    }


def _entry(told: Told) -> EntryReply:
    entry = told.entry
    return EntryReply.model_validate(
        {name: getattr(entry, name) for name in EntryReply.model_fields if name != "actor"} | {"actor": _actor(told)}
    )


def _actor(told: Told) -> ActorReply:
    entry = told.entry
    # What an entry names is looked up, not kept: who is erased is gone from here too.
    name, email = "erased", None
    if told.user is not None:
        name, email = f"{told.user.first_name} {told.user.last_name}".strip(), told.user.email
    elif told.key is not None:
        name = f"{told.key.name} ({told.key.prefix})"
    elif entry.actor_kind == "operator":
        name = "operator"
    return ActorReply.model_validate({"id": entry.actor_id, "kind": entry.actor_kind, "name": name, "email": email})


def _strange_cursor() -> Invalid:
    return Invalid(details=[Detail("cursor", "is none that a page gave")])
