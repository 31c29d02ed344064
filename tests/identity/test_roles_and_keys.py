"""Roles and the keys of machines: made within what their maker may do, changed, and gone."""

from typing import Any

import pytest
from sqlalchemy import text

from ravo.identity.permissions import PERMISSIONS
from ravo.identity.roles import service as role_service
from ravo.platform import tokens
from tests.catalog.shop import NOWHERE
from tests.conftest import token_for
from tests.gateway import Reply, call
from tests.identity.staff import (
    ADMIN,
    create_key,
    create_role,
    delete_role,
    exchange,
    member,
    set_roles,
    update_role,
)
from tests.identity.test_staff import BEYOND, state


@pytest.fixture
def owner(database: Any) -> str:
    """An owner's token."""
    return member(database, role="super_admin").token


def roles(token: str) -> dict[str, Any]:
    listed = call("identity/admin/list_roles", "GET", f"{ADMIN}/roles", query={"limit": "100"}, token=token)
    return {role["name"]: role for role in listed.data}


def key(token: str, key_id: str) -> Reply:
    return call("identity/admin/get_api_key", "GET", f"{ADMIN}/api-keys/{key_id}", token=token)


def revoke(token: str, key_id: str) -> Reply:
    return call("identity/admin/revoke_api_key", "DELETE", f"{ADMIN}/api-keys/{key_id}", token=token)


def test_a_role_is_made_changed_and_deleted(database: Any, owner: str) -> None:
    made = create_role(owner, "warehouse", "stock:read", "stock:write")
    assert (made.status, made.headers["location"]) == (201, f"{ADMIN}/roles/{made.data['id']}")
    assert (made.data["permissions"], made.data["isSystem"]) == (["stock:read", "stock:write"], False)
    role = made.data["id"]

    changed = update_role(owner, role, name="packers", permissions=["stock:read", "orders:read"]).data

    assert (changed["name"], changed["version"]) == ("packers", 2)
    assert changed["permissions"] == ["orders:read", "stock:read"]
    assert update_role(owner, role, description="Late").error["code"] == "VERSION_CONFLICT"
    assert update_role(owner, role, version=2, name="editor").status == 409
    assert create_role(owner, "packers").status == 409
    assert delete_role(owner, role).status == 204
    assert delete_role(owner, role).status == update_role(owner, role).status == 404
    assert "packers" not in roles(owner)


@pytest.mark.parametrize("name", ["super_admin", "admin", "editor", "customer"])
def test_roles_that_come_with_the_shop_keep_their_names_and_stay(database: Any, owner: str, name: str) -> None:
    role = roles(owner)[name]
    before = state(database)

    assert delete_role(owner, role["id"]).status == 409
    assert update_role(owner, role["id"], name="other").status == 409
    assert state(database) == before
    assert update_role(owner, role["id"], description="Ours", name=name).data["description"] == "Ours"


@pytest.mark.parametrize("name", ["super_admin", "customer"])
def test_what_owners_and_customers_may_is_the_same_in_every_shop(database: Any, owner: str, name: str) -> None:
    role = roles(owner)[name]
    before = state(database)

    assert update_role(owner, role["id"], permissions=["orders:read"]).status == 409
    assert state(database) == before


def test_a_role_that_people_have_is_not_deleted(database: Any, owner: str) -> None:
    role = create_role(owner, "warehouse").data["id"]
    people = [member(database, role="warehouse") for _ in range(2)]

    assert delete_role(owner, role).error["message"] == "2 people have this role. Take it from them first."
    set_roles(owner, people[0].id)
    assert delete_role(owner, role).error["message"] == "1 person has this role. Take it from them first."
    set_roles(owner, people[1].id)
    assert delete_role(owner, role).status == 204


def test_nobody_makes_or_changes_a_role_beyond_what_they_may(database: Any, owner: str) -> None:
    manager = member(database, "roles:write", "stock:read").token
    above = create_role(owner, "above", "orders:refund").data["id"]
    own = create_role(manager, "own", "stock:read").data["id"]
    admin = member(database, role="admin").token
    before = state(database)

    assert create_role(manager, "more", "stock:read", "orders:read").error["message"] == BEYOND
    assert create_role(manager, "all", "*").error["message"] == BEYOND
    assert update_role(manager, own, permissions=["stock:read", "roles:assign"]).error["message"] == BEYOND
    assert update_role(manager, above, permissions=[]).error["message"] == BEYOND
    assert update_role(manager, above, description="Mine").error["message"] == BEYOND
    assert delete_role(manager, above).error["message"] == BEYOND
    assert create_role(admin, "all", "*").error["message"] == BEYOND
    assert state(database) == before


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"name": "Ware House"}, "name"),
        ({"name": "x"}, "name"),
        ({"permissions": ["orders:everything"]}, "permissions"),
        ({"permissions": ["orders"]}, "permissions.0"),
        ({"isSystem": True}, "isSystem"),
    ],
)
def test_a_role_that_makes_no_sense_is_refused_by_field(
    database: Any, owner: str, broken: dict[str, Any], field: str
) -> None:
    body = {"name": "warehouse", "permissions": []} | broken

    reply = call("identity/admin/create_role", "POST", f"{ADMIN}/roles", body=body, token=owner)

    assert (reply.status, [detail["field"] for detail in reply.error["details"]]) == (422, [field])
    assert set(roles(owner)) == {"super_admin", "admin", "editor", "customer"}


def test_all_permissions_are_listed_with_what_they_allow(database: Any) -> None:
    token = token_for("roles:read")
    listed = call("identity/admin/list_permissions", "GET", f"{ADMIN}/permissions", token=token)

    assert {each["name"]: each["description"] for each in listed.data} == PERMISSIONS


def test_a_deployment_leaves_roles_as_their_owner_made_them_and_gives_what_is_new(database: Any, owner: str) -> None:
    editor = roles(owner)["editor"]["id"]
    update_role(owner, editor, permissions=["products:read", "orders:read"])
    database.execute(text("DELETE FROM role_permissions WHERE permission = 'audit:read'"))
    database.execute(text("DELETE FROM permissions WHERE name = 'audit:read'"))

    role_service.seed_roles(database)

    assert roles(owner)["editor"]["permissions"] == ["orders:read", "products:read"]
    assert "audit:read" in roles(owner)["admin"]["permissions"]


def test_a_key_is_shown_once_and_kept_as_a_hash(database: Any, owner: str) -> None:
    made = create_key(owner, "stock:read", "orders:read")

    assert (made.status, made.headers["location"]) == (201, f"{ADMIN}/api-keys/{made.data['id']}")
    secret = made.data["key"]
    prefix, random = secret.removeprefix("ravo_").split("_")
    assert (made.data["prefix"], len(prefix), len(random), random.isalnum()) == (prefix, 8, 40, True)
    shown = key(owner, made.data["id"]).data
    assert shown == {name: value for name, value in made.data.items() if name != "key"}
    assert shown["permissions"] == ["orders:read", "stock:read"]
    assert shown["lastUsedAt"] is None
    kept = str(database.execute(text("SELECT * FROM api_keys")).all())
    assert random not in kept
    days = text("SELECT extract(epoch FROM expires_at - created_at) / 86400 FROM api_keys")
    assert round(database.scalar(days)) == 90
    assert random not in str(database.execute(text("SELECT before, after FROM audit_log")).all())


def test_a_repeated_request_shows_the_same_key_and_makes_no_second(database: Any, owner: str) -> None:
    body, headers = {"name": "Twice", "permissions": ["stock:read"]}, {"idempotency-key": "twice"}
    path = f"{ADMIN}/api-keys"

    both = [
        call("identity/admin/create_api_key", "POST", path, body=body, headers=headers, token=owner) for _ in range(2)
    ]

    assert both[0].data["key"] == both[1].data["key"]
    assert database.scalar(text("SELECT count(*) FROM api_keys")) == 1


def test_a_key_opens_what_it_may_and_nothing_else(database: Any, owner: str) -> None:
    made = create_key(owner, "roles:read").data

    reply = exchange(made["key"])

    assert (reply.status, set(reply.data)) == (200, {"accessToken", "tokenType", "expiresIn"})
    assert (reply.data["tokenType"], reply.data["expiresIn"]) == ("Bearer", 900)
    token = reply.data["accessToken"]
    principal = tokens.verify(token)
    assert (str(principal.id), principal.kind, principal.permissions) == (made["id"], "key", {"roles:read"})
    assert "editor" in roles(token)
    assert create_role(token, "warehouse").status == 403


def test_last_use_is_noted_once_a_minute(database: Any, owner: str) -> None:
    made = create_key(owner, "stock:read").data
    exchange(made["key"])
    first = key(owner, made["id"]).data["lastUsedAt"]
    assert first is not None

    database.execute(text("UPDATE api_keys SET last_used_at = last_used_at - interval '50 seconds'"))
    before = key(owner, made["id"]).data["lastUsedAt"]
    exchange(made["key"])
    assert key(owner, made["id"]).data["lastUsedAt"] == before

    database.execute(text("UPDATE api_keys SET last_used_at = last_used_at - interval '11 seconds'"))
    exchange(made["key"])
    assert key(owner, made["id"]).data["lastUsedAt"] == first


@pytest.mark.parametrize("ended", ["revoked_at = now()", "expires_at = now()"])
def test_a_key_that_ended_is_like_one_that_never_was(
    database: Any, owner: str, statements: list[str], ended: str
) -> None:
    made = create_key(owner, "stock:read").data
    database.execute(text(f"UPDATE api_keys SET {ended}"))
    statements.clear()

    over = exchange(made["key"])
    sent = len(statements)
    unknown = exchange(made["key"][:-1] + "!")

    assert (over.status, over.error) == (401, unknown.error)
    assert over.error["message"] == "The key is invalid, expired or revoked."
    assert len(statements) == 2 * sent


def test_revoking_ends_a_key_for_good(database: Any, owner: str) -> None:
    made = create_key(owner, "stock:read").data

    assert [revoke(owner, made["id"]).status for _ in range(2)] == [204, 204]

    assert exchange(made["key"]).status == 401
    assert key(owner, made["id"]).data["revokedAt"] is not None
    assert revoke(owner, NOWHERE).status == 404


def test_nobody_makes_or_revokes_a_key_beyond_what_they_may(database: Any, owner: str) -> None:
    manager = member(database, "keys:write", "keys:read", "stock:read").token
    above = create_key(owner, "*").data["id"]
    before = state(database)

    assert create_key(manager, "stock:write").error["message"] == BEYOND
    assert create_key(manager, "*").error["message"] == BEYOND
    assert revoke(manager, above).error["message"] == BEYOND
    assert state(database) == before
    assert create_key(manager, "stock:read").status == 201


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"expiresInDays": 366}, "expiresInDays"),
        ({"expiresInDays": 0}, "expiresInDays"),
        ({"permissions": []}, "permissions"),
        ({"permissions": ["stock:all"]}, "permissions"),
        ({"name": ""}, "name"),
        ({"hash": "x"}, "hash"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused_by_field(
    database: Any, owner: str, broken: dict[str, Any], field: str
) -> None:
    body = {"name": "Warehouse", "permissions": ["stock:read"]} | broken

    reply = call("identity/admin/create_api_key", "POST", f"{ADMIN}/api-keys", body=body, token=owner)

    assert (reply.status, [detail["field"] for detail in reply.error["details"]]) == (422, [field])
    assert database.scalar(text("SELECT count(*) FROM api_keys")) == 0


def test_guessing_keys_is_slowed_by_address(database: Any) -> None:
    tries = [exchange("ravo_guessed", address="198.51.100.44").status for _ in range(32)]

    assert tries == [401] * 30 + [429] * 2


def test_a_permission_that_is_no_more_is_not_in_tokens(database: Any, owner: str) -> None:
    made = create_key(owner, "stock:read").data
    database.execute(text("INSERT INTO permissions (name, description) VALUES ('old:thing', '')"))
    database.execute(
        text("INSERT INTO api_key_permissions (api_key_id, permission) VALUES (:id, 'old:thing')"), {"id": made["id"]}
    )

    token = exchange(made["key"]).data["accessToken"]

    assert tokens.verify(token).permissions == {"stock:read"}
