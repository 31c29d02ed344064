"""Roles and permissions as staff see them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.permissions import PERMISSIONS
from ravo.identity.roles import queries
from ravo.identity.roles.errors import RoleNotFound
from ravo.identity.roles.queries import Held
from ravo.identity.roles.schemas import PermissionReply, RoleReply
from ravo.platform.paging import Page, Paging


def page_of_roles(session: Session, paging: Paging) -> tuple[Sequence[RoleReply], Page]:
    """Return one page of roles by name."""
    found, total = queries.page_of_roles(session, limit=paging.limit, offset=paging.offset)
    return [_role(held) for held in found], Page.of(paging, total)


def role_of(session: Session, role_id: UUID) -> RoleReply:
    """Return a role. Refuses with `RoleNotFound`."""
    found = queries.role_by_id(session, role_id)
    if found is None:
        raise RoleNotFound
    return _role(found)


def permissions() -> list[PermissionReply]:
    """Return all permissions that there are."""
    return [PermissionReply(name=name, description=description) for name, description in PERMISSIONS.items()]


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
