"""The SQL of roles."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from ravo.identity.access.models import Permission, Role, RolePermission, UserRole


class Held(NamedTuple):
    """A role with what it allows."""

    role: Role
    permissions: list[str]


_HELD = (
    select(Role, func.array_remove(func.array_agg(RolePermission.permission), None))
    .outerjoin(RolePermission, RolePermission.role_id == Role.id)
    .group_by(Role.id)
)


def page_of_roles(session: Session, *, limit: int, offset: int) -> tuple[Sequence[Held], int]:
    """Return one page of roles by name, and how many there are."""
    rows = session.execute(_HELD.order_by(Role.name).limit(limit).offset(offset))
    total = session.scalar(select(func.count()).select_from(Role)) or 0
    return [Held(*row) for row in rows], total


def role_by_id(session: Session, role_id: UUID) -> Held | None:
    """Return a role."""
    row = session.execute(_HELD.where(Role.id == role_id), execution_options={"populate_existing": True}).one_or_none()
    return Held(*row) if row else None


def roles_by_name(session: Session, names: Iterable[str]) -> list[Held]:
    """Return roles by their names; names without a role are left out."""
    return [Held(*row) for row in session.execute(_HELD.where(Role.name.in_(list(names))))]


def role_id_by_name(session: Session, name: str) -> UUID | None:
    """Return the id of a role."""
    return session.scalar(select(Role.id).where(Role.name == name))


def role_for_update(session: Session, role_id: UUID) -> None:
    """Lock a role, also against being given to a user."""
    session.execute(select(Role.id).where(Role.id == role_id).with_for_update())


def holders(session: Session, role_id: UUID) -> list[UUID]:
    """Return the users who have a role."""
    return list(session.scalars(select(UserRole.user_id).where(UserRole.role_id == role_id)))


def update_role(session: Session, role_id: UUID, version: int, values: dict[str, Any]) -> bool:
    """Change a role unless someone changed it since `version`; returns whether it did."""
    statement = (
        update(Role)
        .where(Role.id == role_id, Role.version == version)
        .values(**values, version=Role.version + 1, updated_at=func.now())
        .returning(Role.id)
    )
    return session.scalar(statement) is not None


def set_permissions(session: Session, role_id: UUID, *, taken: Iterable[str], given: Iterable[str]) -> None:
    """Take permissions from a role and give it others."""
    session.execute(
        delete(RolePermission).where(RolePermission.role_id == role_id, RolePermission.permission.in_(list(taken)))
    )
    session.add_all(RolePermission(role_id=role_id, permission=name) for name in given)
    session.flush()


def delete_role(session: Session, role_id: UUID) -> None:
    """Delete a role with its grants."""
    session.execute(delete(RolePermission).where(RolePermission.role_id == role_id))
    session.execute(delete(Role).where(Role.id == role_id))


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
    """Add the permissions and roles that are missing, and the grants of the roles that were.

    What a super admin changed since stays.
    """
    known = {*session.scalars(select(Permission.name)), *session.scalars(select(Role.name))}
    new = [grant for grant in grants if not {grant["role"], grant["permission"]} <= known]
    for statement, rows in zip(_SEED, (permissions, roles, new), strict=True):
        if rows:
            session.execute(statement, rows)
