"""The audit log: every row that staff change is on record, by the database itself, and the record stays as it is."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ravo.platform import migrations, tokens
from ravo.platform.ids import uuid7
from tests.catalog.shop import category, sell
from tests.conftest import token_for
from tests.gateway import call

# Nobody on the staff writes these: other tables or the catalogue's rows say the same, or no act of a person is behind it.
UNAUDITED = {
    "audit_log": "is the record",
    "permissions": "is made of the code",
    "sessions": "people's own sign-ins", "refresh_tokens": "people's own sign-ins", "mailed_tokens": "people's own",
    "recovery_codes": "people's own",
    "carts": "shoppers' own", "cart_lines": "shoppers' own", "cart_promotions": "shoppers' own",
    "cart_gift_cards": "shoppers' own", "promotion_uses": "orders' own",
    "reservations": "orders and their movements say it", "reservation_lines": "orders and their movements say it",
    "outbox_events": "the platform's", "inbox_events": "the platform's", "mails": "the platform's",
    "webhook_receipts": "providers write it", "tracking_events": "orders say it",
    "import_rows": "the import's own file says it",
    "product_listings": "made of products", "product_search": "made of products", "product_cards": "made of products", "product_pages": "made of products", "search_terms": "made of products",
    "product_embeddings": "made of products",
}  # fmt: skip


def entries(database: Any, **where: str) -> list[Any]:
    condition = " AND ".join(["true", *(f"{name} = :{name}" for name in where)])
    return list(database.execute(text(f"SELECT * FROM audit_log WHERE {condition} ORDER BY id"), where).mappings())


def test_each_table_is_audited_or_says_why_not(database: Any) -> None:
    audited = set(database.scalars(text("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'audited'")))

    assert audited.isdisjoint(UNAUDITED)
    assert audited | set(UNAUDITED) == migrations.table_names()


def test_what_staff_change_is_told_with_who_where_before_and_after(database: Any) -> None:
    user = uuid7()
    token = tokens.sign(user, session_id=uuid7(), roles=["admin"], permissions=["products:write"])
    made = category(token, "Women")

    path = f"/api/v1/catalog/admin/categories/{made['id']}"
    body = {"name": "Ladies", "version": made["version"]}
    changed = call(
        "catalog/admin/update_category", "PATCH", path, body=body, token=token, address="198.51.100.77",
        headers={"user-agent": "Console/1.0"},
    )  # fmt: skip

    assert changed.status == 200
    insert, update = entries(database, entity="categories")
    assert (insert["change"], insert["before"], insert["after"]["name"]) == ("insert", None, "Women")
    assert (update["actor_id"], update["actor_kind"], update["action"]) == (user, "user", "UpdateCategory")
    assert (update["entity_id"], update["change"]) == (made["id"], "update")
    assert (update["before"]["name"], update["after"]["name"]) == ("Women", "Ladies")
    assert "updated_at" not in update["after"]
    assert "slug" not in update["after"]
    assert (update["network_address"], update["user_agent"]) == ("198.51.100.77", "Console/1.0")
    assert update["request_id"] == changed.headers["x-request-id"]


def test_a_refused_act_leaves_no_entry(database: Any) -> None:
    made = category(token_for("products:write"), "Women")
    before = len(entries(database))

    path = f"/api/v1/catalog/admin/categories/{made['id']}"
    token = token_for("products:write")
    late = call("catalog/admin/update_category", "PATCH", path, body={"name": "X", "version": 99}, token=token)

    assert late.status == 409
    assert len(entries(database)) == before


def test_what_shoppers_do_is_no_act_of_staff(database: Any, staff_token: str) -> None:
    sell(staff_token, "HOOD", "Trail Hoodie")
    before = len(entries(database))
    assert before > 0

    body = {"email": "ada@example.com", "password": "correct horse battery"}
    assert call("identity/store/register", "POST", "/api/v1/identity/register", body=body).status == 201

    assert len(entries(database)) == before


def test_secrets_and_personal_values_are_named_not_told(database: Any) -> None:
    body = {"email": "ada@example.com", "password": "correct horse battery", "firstName": "Ada"}
    call("identity/store/register", "POST", "/api/v1/identity/register", body=body)
    actor = '{"id": "01936b7e-8c1a-7def-9a3b-2f4c5d6e7f80", "kind": "user", "action": "Test", "networkAddress": "", "userAgent": "", "requestId": ""}'
    database.execute(text("SELECT set_config('ravo.actor', :actor, true)"), {"actor": actor})
    database.execute(text("UPDATE users SET email = 'eve@example.com', password_hash = 'x', disabled_at = now()"))
    database.execute(text("SELECT set_config('ravo.actor', '', true)"))

    (entry,) = entries(database, entity="users")
    assert (entry["before"]["email"], entry["after"]["email"]) == ("(personal)", "(personal)")
    assert entry["after"]["password_hash"] == "(secret)"
    assert (entry["before"]["disabled_at"], entry["after"]["disabled_at"] is None) == (None, False)
    assert "first_name" not in entry["after"]


@pytest.mark.parametrize(
    "change", ["UPDATE audit_log SET action = 'Other'", "DELETE FROM audit_log", "TRUNCATE audit_log"]
)
def test_nobody_changes_the_record(database: Any, staff_token: str, change: str) -> None:
    category(staff_token, "Women")

    with pytest.raises(DBAPIError, match="kept for a year"), database.begin_nested():
        database.execute(text(change))

    assert len(entries(database, entity="categories")) == 1


def test_what_is_older_than_a_year_may_go(database: Any) -> None:
    old = """INSERT INTO audit_log (occurred_at, actor_id, actor_kind, action, entity, entity_id, change, network_address, user_agent, request_id)
             VALUES (now() - interval '13 months', uuid7(), 'user', 'Old', 'x', 'x', 'act', '', '', '')"""
    database.execute(text(old))

    assert database.execute(text("DELETE FROM audit_log WHERE action = 'Old'")).rowcount == 1
