"""Searching the record of who changed what: by actor, act, thing and time; with names as they are today."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from ravo.platform.time import now
from tests.catalog.shop import NOWHERE, category
from tests.conftest import token_for
from tests.gateway import call, context, function
from tests.identity.staff import ADMIN, audit_log, create_key, disable, exchange, member

READER = ("audit:read",)


def test_the_record_is_searched_by_actor_act_thing_and_time(database: Any) -> None:
    reader = token_for(*READER)
    grace, alan = member(database, "products:write"), member(database, "products:write")
    women, men = category(grace.token, "Women"), category(alan.token, "Men")
    call("catalog/admin/delete_category", "DELETE", f"/api/v1/catalog/admin/categories/{women['id']}", token=alan.token)

    def found(**query: Any) -> list[tuple[str, str]]:
        reply = audit_log(reader, entity="categories", **query)
        assert reply.status == 200, reply.body
        return [(entry["action"], entry["entityId"]) for entry in reply.data]

    made_women, made_men = ("CreateCategory", women["id"]), ("CreateCategory", men["id"])
    deleted = ("DeleteCategory", women["id"])
    assert found() == [deleted, made_men, made_women]
    assert found(actor=str(alan.id)) == [deleted, made_men]
    assert found(action="CreateCategory") == [made_men, made_women]
    assert found(entityId=women["id"]) == [deleted, made_women]
    moment = audit_log(reader, entityId=men["id"]).data[-1]["occurredAt"]
    assert found(**{"from": moment}) == [deleted, made_men]
    assert found(to=moment) == [made_women]
    assert found(**{"from": (now() + timedelta(hours=1)).isoformat()}) == []
    assert found(actor=NOWHERE) == found(action="Nothing") == []


def test_an_entry_tells_who_what_and_from_where(database: Any) -> None:
    reader = token_for(*READER)
    grace = member(database, "products:write", email="grace@ravo.example")
    women = category(grace.token, "Women")

    (listed,) = audit_log(reader, entity="categories").data

    path = f"{ADMIN}/audit-log/{listed['id']}"
    assert call("identity/admin/get_audit_entry", "GET", path, token=reader).data == listed
    assert listed["actor"] == {"id": str(grace.id), "kind": "user", "name": "Grace", "email": "grace@ravo.example"}
    assert (listed["action"], listed["entityId"], listed["change"]) == ("CreateCategory", women["id"], "insert")
    assert (listed["before"], listed["after"]["name"]) == (None, "Women")
    assert (listed["networkAddress"], listed["userAgent"]) == ("203.0.113.7", "tests")
    missing = call("identity/admin/get_audit_entry", "GET", f"{ADMIN}/audit-log/{NOWHERE}", token=reader)
    assert (missing.status, missing.error["message"]) == (404, "There is no such entry.")


def test_who_is_erased_is_gone_from_the_record_but_for_the_id(database: Any) -> None:
    reader = token_for(*READER)
    grace = member(database, "products:write")
    category(grace.token, "Women")
    database.execute(text("DELETE FROM users WHERE id = :id"), {"id": grace.id})

    (entry,) = audit_log(reader, entity="categories").data

    assert entry["actor"] == {"id": str(grace.id), "kind": "user", "name": "erased", "email": None}


def test_a_machine_is_named_by_its_key(database: Any) -> None:
    reader = token_for(*READER)
    made = create_key(member(database, role="super_admin").token, "products:write", name="Catalogue feed").data
    category(exchange(made["key"]).data["accessToken"], "Women")

    (entry,) = audit_log(reader, actor=made["id"]).data

    assert entry["actor"]["kind"] == "key"
    assert entry["actor"]["name"] == f"Catalogue feed ({made['prefix']})"


def test_the_first_owner_is_made_by_an_operator_who_is_on_record(database: Any) -> None:
    given = {"email": "owner@ravo.example", "password": "correct horse battery"}
    made = function("identity/deploy/create_owner").handler(given, context("CreateOwner"))

    entries = audit_log(token_for(*READER), action="CreateOwner").data

    assert [(entry["entity"], entry["change"]) for entry in entries] == [
        ("users", "update"), ("user_roles", "insert"), ("users", "insert")
    ]  # fmt: skip
    assert {entry["entityId"] for entry in entries} == {made["id"]}
    assert {(entry["actor"]["kind"], entry["actor"]["name"]) for entry in entries} == {("operator", "operator")}
    assert entries[-1]["after"]["password_hash"] == "(secret)"


def test_personal_values_are_not_told(database: Any) -> None:
    owner, grace = member(database, role="super_admin"), member(database, role="customer")
    body = {"version": 1, "firstName": "Augusta"}
    call("identity/admin/update_user", "PATCH", f"{ADMIN}/users/{grace.id}", body=body, token=owner.token)
    disable(owner.token, grace.id)

    disabled, renamed = audit_log(owner.token, entity="users", entityId=str(grace.id)).data

    assert (disabled["action"], set(disabled["after"])) == ("DisableUser", {"disabled_at", "version"})
    assert renamed["after"] == {"first_name": "(personal)", "version": 2}
    assert renamed["before"] == {"first_name": "(personal)", "version": 1}


def test_the_record_goes_on_where_its_cursor_says(database: Any) -> None:
    reader = token_for(*READER)
    token = member(database, "products:write").token
    for number in range(5):
        category(token, f"Category {number}")

    seen, cursor = [], {}
    while True:
        page = audit_log(reader, entity="categories", limit=2, **cursor)
        seen += [entry["after"]["name"] for entry in page.data]
        if not page.json["pagination"]["hasNext"]:
            break
        cursor = {"cursor": page.json["pagination"]["nextCursor"]}

    assert seen == [f"Category {number}" for number in (4, 3, 2, 1, 0)]
