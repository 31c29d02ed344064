"""People in the hands of staff: looked up, invited, changed, locked out, given roles; and nobody reaches above oneself."""

import re
from typing import Any

import pytest
from sqlalchemy import text

from ravo.platform import valkey
from tests.catalog.shop import NOWHERE
from tests.conftest import token_for
from tests.gateway import Reply, call
from tests.identity.people import IDENTITY, cookie_of, login, me, refresh, register
from tests.identity.staff import ADMIN, create_key, disable, enable, exchange, get_user, member, set_roles
from tests.jobs import consumers, recorded, run
from tests.mails import mailbox

BEYOND = "You can't give or change more than you are allowed to do yourself."
LAST = "The shop would be left without a super admin who can sign in. Make another one first."


def listed(token: str, **query: Any) -> Reply:
    return call("identity/admin/list_users", "GET", f"{ADMIN}/users", query=query, token=token)


def invite(token: str, email: str = "grace@example.com", **more: Any) -> Reply:
    return call("identity/admin/create_user", "POST", f"{ADMIN}/users", body={"email": email} | more, token=token)


def update(token: str, user_id: Any, **change: Any) -> Reply:
    path = f"{ADMIN}/users/{user_id}"
    return call("identity/admin/update_user", "PATCH", path, body={"version": 1} | change, token=token)


def state(database: Any) -> list[Any]:
    """All that a refusal must leave as it was."""
    tables = ("users", "user_roles", "roles", "role_permissions", "api_keys", "sessions")
    rows = [sorted(map(str, database.execute(text(f"SELECT row_to_json(t)::text FROM {table} t")))) for table in tables]
    return [*rows, len(recorded(database))]


def test_people_are_found_by_how_their_names_begin_by_role_and_by_status(database: Any) -> None:
    owner = member(database, role="super_admin", email="owner@ravo.example")
    register("ada@example.com", firstName="Ada", lastName="Lovelace")
    register("alan@example.com", firstName="Alan", lastName="Turing")
    editor = member(database, role="editor", email="100%_sure@example.com")
    disable(owner.token, editor.id)

    def found(**query: Any) -> list[str]:
        return [user["email"] for user in listed(owner.token, **query).data]

    assert found() == ["100%_sure@example.com", "alan@example.com", "ada@example.com", "owner@ravo.example"]
    assert found(search="ADA@") == found(search="lovel") == found(search="ada love") == ["ada@example.com"]
    assert found(search="example") == found(search="ada turing") == []
    assert found(search="100%_") == ["100%_sure@example.com"]
    assert found(search="1%") == []
    assert found(role="customer") == ["alan@example.com", "ada@example.com"]
    assert found(status="disabled", role="editor") == ["100%_sure@example.com"]
    assert found(status="active", search="a") == ["alan@example.com", "ada@example.com"]
    assert [d["field"] for d in listed(owner.token, role="nobody").error["details"]] == ["role"]


def test_a_list_goes_on_where_its_cursor_says(database: Any) -> None:
    token = member(database, "users:read").token
    for number in range(5):
        register(f"user-{number}@example.com")

    seen, cursor = [], {}
    while True:
        page = listed(token, limit=2, search="user-", **cursor)
        seen += [user["email"] for user in page.data]
        if not page.json["pagination"]["hasNext"]:
            break
        cursor = {"cursor": page.json["pagination"]["nextCursor"]}

    assert seen == [f"user-{number}@example.com" for number in (4, 3, 2, 1, 0)]
    assert listed(token, cursor=NOWHERE).status == 422


def test_a_list_is_three_statements_however_long(database: Any, statements: list[str]) -> None:
    token = member(database, "users:read").token
    for number in range(4):
        member(database, role="editor", email=f"editor-{number}@example.com")
    statements.clear()

    assert len(listed(token, role="editor").data) == 4

    assert len(statements) == 3


def test_someone_is_shown_with_roles_permissions_and_devices(database: Any) -> None:
    token = member(database, "users:read").token
    register()
    ada = login().data["user"]["id"]
    database.execute(text("UPDATE sessions SET ended_at = now() WHERE id = (SELECT id FROM sessions LIMIT 1)"))
    database.execute(
        text("INSERT INTO second_factors (user_id, secret, confirmed_at) VALUES (:ada, '', now())"), {"ada": ada}
    )

    shown = get_user(token, ada).data

    assert (shown["email"], shown["roles"], shown["permissions"]) == ("ada@example.com", ["customer"], [])
    assert (shown["sessions"], shown["hasSecondFactor"], shown["hasPassword"]) == (1, True, True)
    assert (shown["status"], shown["emailVerified"], shown["disabledAt"]) == ("active", False, None)
    assert get_user(token, NOWHERE).error["message"] == "There is no such user."


def test_who_is_invited_gets_a_link_to_set_a_password_and_nobody_else_does(database: Any) -> None:
    box, owner = mailbox(), member(database, role="super_admin")

    made = invite(owner.token, firstName="Grace", locale="de", roles=["editor"])

    assert (made.status, made.headers["location"]) == (201, f"{ADMIN}/users/{made.data['id']}")
    assert (made.data["roles"], made.data["hasPassword"]) == (["editor"], False)
    (event,) = recorded(database, "user.invited")
    assert event.detail["data"] == {}
    assert consumers("user.invited") == ["identity/jobs/mail_invitation"]
    assert run("identity/jobs/mail_invitation", event.detail, event.detail) == []
    (mail,) = box.take()
    assert (mail.to, mail.subject) == ("grace@example.com", "Dein Konto bei Ravo")
    (token,) = set(re.findall(r"http://localhost:8000/account/reset-password\?token=([\w-]{43})", mail.text))
    assert f"?token={token}" in mail.html
    purpose, email, hours, kept = database.execute(
        text("SELECT purpose, email, extract(epoch FROM expires_at - now()) / 3600, hash FROM mailed_tokens")
    ).one()
    assert (purpose, email, round(hours), len(kept)) == ("reset_password", "grace@example.com", 72, 32)
    assert token not in str(database.execute(text("SELECT * FROM outbox_events")).all())
    assert login("grace@example.com", "anything at all").status == 401


@pytest.mark.parametrize("change", ["disabled_at = now()", "password_hash = 'set'", "deleted_at = now()"])
def test_who_was_locked_out_or_found_a_way_in_meanwhile_gets_no_invitation(database: Any, change: str) -> None:
    box = mailbox()
    made = invite(member(database, role="super_admin").token).data
    database.execute(text(f"UPDATE users SET {change} WHERE id = :id"), {"id": made["id"]})

    assert run("identity/jobs/mail_invitation", recorded(database, "user.invited")[0].detail) == []

    assert box.take() == []
    assert database.scalar(text("SELECT count(*) FROM mailed_tokens")) == 0


def test_an_address_that_has_an_account_is_not_invited(database: Any) -> None:
    owner = member(database, role="super_admin").token
    register()
    before = state(database)

    assert invite(owner, "ADA@example.com").status == 409
    assert invite(owner, roles=["nobody"]).error["details"][0]["field"] == "roles"
    assert state(database) == before


def test_names_and_language_are_changed_on_the_version_read(database: Any) -> None:
    token = member(database, "users:write").token
    ada = register().data["user"]["id"]

    changed = update(token, ada, firstName="Augusta", locale="de")

    assert (changed.data["firstName"], changed.data["locale"], changed.data["version"]) == ("Augusta", "de", 2)
    assert update(token, ada, firstName="Late").error["code"] == "VERSION_CONFLICT"
    assert update(token, ada, version=2, email="other@example.com").status == 422
    assert update(token, NOWHERE).status == 404


def test_who_is_locked_out_is_out_everywhere_and_can_be_let_in_again(database: Any) -> None:
    token = member(database, "users:write", "users:read").token
    session = register()
    ada, cookie = session.data["user"]["id"], cookie_of(session)

    assert disable(token, ada).data["status"] == "disabled"
    assert disable(token, ada).data["version"] == 2

    assert (refresh(cookie).status, login().status, me(session.data["accessToken"]).status) == (401, 401, 401)
    assert database.scalar(text("SELECT count(*) FROM sessions WHERE ended_at IS NULL")) == 0
    assert enable(token, ada).data["status"] == "active"
    assert enable(token, ada).data["version"] == 3
    assert login().status == 200
    assert refresh(cookie).status == 401
    told = [(event.type, event.detail["data"]) for event in recorded(database) if "able" in event.type]
    assert told == [("user.disabled", {}), ("user.enabled", {})]


def test_roles_are_given_and_show_in_the_next_token(database: Any) -> None:
    owner = member(database, role="super_admin")
    session = register()
    ada = session.data["user"]["id"]

    assert set_roles(owner.token, ada, "editor", "customer").data["roles"] == ["customer", "editor"]

    renewed = refresh(cookie_of(session)).data
    assert renewed["user"]["permissions"] == ["products:read", "products:write"]
    assert set_roles(owner.token, ada, version=1).error["code"] == "VERSION_CONFLICT"
    assert set_roles(owner.token, ada, "nobody", version=2).error["details"][0]["message"] == "there is no nobody"
    assert set_roles(owner.token, ada, "editor", "customer", version=2).data["version"] == 2
    assert set_roles(owner.token, ada, version=2).data["roles"] == []
    told = [event.detail["data"] for event in recorded(database, "user.roles_changed")]
    assert told == [{"roles": ["customer", "editor"]}, {"roles": []}]


MANAGING = ("users:write", "users:read", "roles:assign", "roles:write", "keys:write", "products:read")


@pytest.mark.parametrize("role", ["super_admin", "admin", "editor"])
def test_nobody_gives_a_role_that_allows_more_than_they_may(database: Any, role: str) -> None:
    manager = member(database, *MANAGING)
    customer = member(database, role="customer")
    before = state(database)

    assert set_roles(manager.token, customer.id, role).error["message"] == BEYOND
    assert set_roles(manager.token, manager.id, role).error["message"] == BEYOND
    assert invite(manager.token, roles=[role]).error["message"] == BEYOND
    assert state(database) == before


@pytest.mark.parametrize("role", ["super_admin", "admin"])
def test_nobody_changes_someone_who_may_more(database: Any, role: str) -> None:
    manager, above = member(database, *MANAGING), member(database, role=role)
    member(database, role="super_admin")
    before = state(database)

    assert set_roles(manager.token, above.id).status == 403
    assert disable(manager.token, above.id).status == 403
    assert enable(manager.token, above.id).status == 403
    assert update(manager.token, above.id, firstName="Nobody").status == 403
    assert state(database) == before


def test_an_admin_makes_admins_but_no_owner_and_touches_none(database: Any) -> None:
    admin, owner = member(database, role="admin"), member(database, role="super_admin")
    ada = register().data["user"]["id"]

    assert set_roles(admin.token, ada, "admin").data["roles"] == ["admin"]
    assert set_roles(admin.token, ada, "super_admin", version=2).error["message"] == BEYOND
    assert set_roles(admin.token, owner.id, "admin").error["message"] == BEYOND


def test_giving_roles_with_an_invitation_needs_the_right_to_give_them(database: Any) -> None:
    token = member(database, "users:write", "products:read", "products:write").token

    assert invite(token, roles=["editor"]).error["message"] == "You may not do this."
    assert invite(token).data["roles"] == ["customer"]


def _without_memory_of_what_ended() -> None:
    """As after a restart of Valkey: tokens go on until they end by themselves, and the database decides alone."""
    valkey.execute("FLUSHALL")


def test_a_token_from_before_gives_nothing_that_was_taken_since(database: Any) -> None:
    owner, fallen = member(database, role="super_admin"), member(database, role="admin")
    friend = register().data["user"]["id"]
    set_roles(owner.token, fallen.id, "customer")
    before = state(database)
    assert set_roles(fallen.token, friend, "editor").status == 401
    _without_memory_of_what_ended()

    assert set_roles(fallen.token, fallen.id, "admin", version=2).error["message"] == BEYOND
    assert set_roles(fallen.token, friend, "editor").error["message"] == BEYOND
    assert create_key(fallen.token, "users:read").error["message"] == BEYOND
    assert state(database) == before
    disable(owner.token, owner.id)
    assert set_roles(token_for("*"), friend, "admin").error["message"] == BEYOND


def test_a_machine_reaches_no_further_than_its_key(database: Any) -> None:
    owner = member(database, role="super_admin")
    customer = member(database, role="customer")
    made = create_key(owner.token, "users:write", "roles:assign", "keys:write", "roles:write").data
    token = exchange(made["key"]).data["accessToken"]
    before = state(database)

    assert set_roles(token, customer.id, "editor").error["message"] == BEYOND
    assert create_key(token, "users:read").error["message"] == BEYOND
    assert disable(token, owner.id).error["message"] == BEYOND
    assert state(database) == before
    assert set_roles(token, customer.id).data["roles"] == []
    database.execute(text("UPDATE api_keys SET revoked_at = now()"))
    assert create_key(token, "users:write").error["message"] == BEYOND


def test_the_last_owner_who_can_sign_in_stays_one(database: Any) -> None:
    owner = member(database, role="super_admin")
    invite(owner.token, roles=["super_admin"])
    out = member(database, role="super_admin")
    disable(owner.token, out.id)
    before = state(database)

    assert set_roles(owner.token, owner.id, "admin").error["message"] == LAST
    assert disable(owner.token, owner.id).error["message"] == LAST
    assert state(database) == before

    enable(owner.token, out.id)
    assert disable(owner.token, owner.id).data["status"] == "disabled"
    _without_memory_of_what_ended()
    assert set_roles(out.token, out.id, "admin", version=3).error["message"] == LAST


def test_a_machine_has_no_account(database: Any) -> None:
    key = create_key(member(database, role="super_admin").token, "*").data["key"]
    token = exchange(key).data["accessToken"]

    assert me(token).error["message"] == "A machine's key has no account."
    own = call("identity/account/update_me", "PATCH", f"{IDENTITY}/me", body={"version": 1}, token=token)
    assert own.status == 403
    assert call("sales/account/list_my_orders", "GET", "/api/v1/sales/me/orders", token=token).status == 403
