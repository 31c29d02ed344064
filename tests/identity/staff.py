"""Staff in tests: members with roles, machines with keys, and what they do to accounts, roles and keys."""

from dataclasses import dataclass
from functools import cache
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

from sqlalchemy import text

from ravo.identity.passwords import service as passwords
from ravo.platform import tokens
from ravo.platform.ids import uuid7
from tests.gateway import Reply, call
from tests.identity.people import IDENTITY

ADMIN = f"{IDENTITY}/admin"

_GIVE = text("INSERT INTO user_roles (user_id, role_id) SELECT :user, id FROM roles WHERE name = :role")
_ALLOWED = text("SELECT permission FROM role_permissions p JOIN roles r ON r.id = p.role_id WHERE name = :role")


@dataclass(frozen=True)
class Member:
    """Someone who has an account, a password that nobody knows, and a role."""

    id: UUID
    email: str
    token: str


def member(database: Any, *permissions: str, role: str | None = None, email: str | None = None) -> Member:
    """Put someone on the staff, with a role that is there or with one of these permissions; a role's token says what it allows."""
    name = role or role_of(database, *permissions)
    user = uuid7()
    address = email or f"{user.hex}@staff.example"
    database.execute(
        text("INSERT INTO users (id, email, password_hash, first_name) VALUES (:id, :email, :password_hash, 'Grace')"),
        {"id": user, "email": address, "password_hash": _hash_of_nobody_s_password()},
    )
    database.execute(_GIVE, {"user": user, "role": name})
    allowed = list(database.scalars(_ALLOWED, {"role": name}))
    return Member(user, address, tokens.sign(user, session_id=uuid7(), roles=[name], permissions=allowed))


@cache
def _hash_of_nobody_s_password() -> str:
    return passwords.hash_password(token_urlsafe(24))


def role_of(database: Any, *permissions: str) -> str:
    """Make a role of these permissions, which need not exist elsewhere; returns its name."""
    role, name = uuid7(), f"role_{uuid7().hex}"
    database.execute(
        text("INSERT INTO roles (id, name, description) VALUES (:id, :name, '')"), {"id": role, "name": name}
    )
    for permission in permissions:
        database.execute(
            text("INSERT INTO role_permissions (role_id, permission) VALUES (:role, :permission)"),
            {"role": role, "permission": permission},
        )
    return name


def get_user(token: str, user_id: Any) -> Reply:
    """Look at someone."""
    return call("identity/admin/get_user", "GET", f"{ADMIN}/users/{user_id}", token=token)


def set_roles(token: str, user_id: Any, *roles: str, version: int = 1) -> Reply:
    """Give someone roles, on the first version if not told otherwise."""
    path = f"{ADMIN}/users/{user_id}/roles"
    body = {"roles": list(roles), "version": version}
    return call("identity/admin/set_user_roles", "PUT", path, body=body, token=token)


def disable(token: str, user_id: Any) -> Reply:
    """Lock someone out."""
    return call("identity/admin/disable_user", "POST", f"{ADMIN}/users/{user_id}/disable", token=token)


def enable(token: str, user_id: Any) -> Reply:
    """Let someone in again."""
    return call("identity/admin/enable_user", "POST", f"{ADMIN}/users/{user_id}/enable", token=token)


def create_role(token: str, name: str = "warehouse", *permissions: str) -> Reply:
    """Make a role."""
    body = {"name": name, "permissions": list(permissions)}
    return call("identity/admin/create_role", "POST", f"{ADMIN}/roles", body=body, token=token)


def update_role(token: str, role_id: Any, **change: Any) -> Reply:
    """Change a role."""
    body = {"version": 1} | change
    return call("identity/admin/update_role", "PATCH", f"{ADMIN}/roles/{role_id}", body=body, token=token)


def delete_role(token: str, role_id: Any) -> Reply:
    """Delete a role."""
    return call("identity/admin/delete_role", "DELETE", f"{ADMIN}/roles/{role_id}", token=token)


def create_key(token: str, *permissions: str, **more: Any) -> Reply:
    """Make a key."""
    body = {"name": "Warehouse", "permissions": list(permissions)} | more
    return call("identity/admin/create_api_key", "POST", f"{ADMIN}/api-keys", body=body, token=token)


def exchange(key: str, **request: Any) -> Reply:
    """Exchange a key for an access token."""
    body = {"apiKey": key}
    return call("identity/store/exchange_api_key", "POST", f"{IDENTITY}/token", body=body, **request)


def audit_log(token: str, **query: Any) -> Reply:
    """Search the record."""
    return call("identity/admin/list_audit_entries", "GET", f"{ADMIN}/audit-log", query=query, token=token)
