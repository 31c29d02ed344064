"""Roles: named sets of permissions, made and changed by callers who have those permissions."""

from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.access.models import Role
from ravo.identity.access.service import authority_of, ensure_known, tokens_are_stale
from ravo.identity.permissions import FIXED, PERMISSIONS, ROLES
from ravo.identity.roles import queries
from ravo.identity.roles.errors import FixedRole, RoleInUse, RoleNameTaken, RoleNotFound
from ravo.identity.roles.queries import Held
from ravo.identity.roles.schemas import RoleChange, RoleInput
from ravo.platform.constraints import raising_for_constraints
from ravo.platform.errors import VersionConflict
from ravo.platform.ids import uuid7
from ravo.platform.tokens import Principal

_TAKEN = {"uq_roles_name": RoleNameTaken}


def create(session: Session, given: RoleInput, *, by: Principal) -> UUID:
    """Make a role. Refuses with `RoleNameTaken`, `UnknownPermission` or `BeyondYourOwn`."""
    wanted = set(given.permissions)
    ensure_known(wanted)
    authority_of(session, by).ensure_covers(wanted)
    role = Role(id=uuid7(), name=given.name, description=given.description, is_system=False, version=1)
    with raising_for_constraints(_TAKEN):
        session.add(role)
        session.flush()
    queries.set_permissions(session, role.id, taken=[], given=wanted)
    return role.id


def change(session: Session, role_id: UUID, given: RoleChange, *, by: Principal) -> None:
    """Change a role; users who have it may do what it allows from their next token on.

    Refuses with `RoleNotFound`, `VersionConflict`, `RoleNameTaken`, `UnknownPermission`, with `FixedRole` for what
    keeps its name or its permissions, and with `BeyondYourOwn` if the role allows more than the caller may, before or
    after.
    """
    held = _within_reach(session, role_id, by)
    before = set(held.permissions)
    after = before if given.permissions is None else set(given.permissions)
    ensure_known(after - before)
    authority_of(session, by).ensure_covers(after)
    is_renamed = given.name is not None and given.name != held.role.name
    if (is_renamed and held.role.is_system) or (after != before and held.role.name in FIXED):
        raise FixedRole
    values = given.model_dump(include={"name", "description"}, exclude_none=True)
    with raising_for_constraints(_TAKEN):
        if not queries.update_role(session, role_id, given.version, values):
            raise VersionConflict
    if after != before:
        queries.set_permissions(session, role_id, taken=before - after, given=after - before)
        tokens_are_stale(session, queries.holders(session, role_id))


def delete(session: Session, role_id: UUID, *, by: Principal) -> None:
    """Delete a role that nobody has. Refuses with `RoleNotFound`, `FixedRole`, `BeyondYourOwn` or `RoleInUse`."""
    held = _within_reach(session, role_id, by)
    if held.role.is_system:
        raise FixedRole
    # Another request that gives someone the role waits here, and then finds it gone.
    holders = len(queries.holders(session, role_id))
    if holders:
        people = "1 person has" if holders == 1 else f"{holders} people have"
        raise RoleInUse(f"{people} this role. Take it from them first.")
    queries.delete_role(session, role_id)


def _within_reach(session: Session, role_id: UUID, by: Principal) -> Held:
    """Lock a role that allows no more than the caller may."""
    queries.role_for_update(session, role_id)
    held = queries.role_by_id(session, role_id)
    if held is None:
        raise RoleNotFound
    authority_of(session, by).ensure_covers(held.permissions)
    return held


def seed_roles(session: Session) -> None:
    """Make sure that the permissions and the roles that every shop starts with are there."""
    queries.seed(
        session,
        [{"name": name, "description": description} for name, description in PERMISSIONS.items()],
        [{"id": uuid7(), "name": role.name, "description": role.description} for role in ROLES],
        [{"role": role.name, "permission": name} for role in ROLES for name in role.permissions],
    )
