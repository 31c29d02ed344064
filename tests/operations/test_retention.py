"""Retention: what is older than it may become goes, and nothing that is younger, each kind by its own period."""

from typing import Any

import pytest
from sqlalchemy import text

from ravo.operations.retention import service as retention
from ravo.operations.retention.errors import UnknownPeriod
from ravo.platform.settings import forget_settings
from tests.jobs import scheduled
from tests.sales.carts import goods, new_cart
from tests.sales.orders import checkout, ready_cart

RUN = "operations/schedules/apply_retention"


def age(database: Any, table: str, column: str, days: int) -> None:
    database.execute(text(f"UPDATE {table} SET {column} = now() - make_interval(days => :days)"), {"days": days})


def rows(database: Any, table: str) -> int:
    return database.scalar(text(f"SELECT count(*) FROM {table}"))


@pytest.mark.parametrize(
    ("table", "column", "days"),
    [("mails", "created_at", 365), ("webhook_receipts", "received_at", 90), ("inbox_events", "handled_at", 400)],
)
def test_what_is_too_old_goes_and_the_rest_stays(database: Any, table: str, column: str, days: int) -> None:
    made = {
        "mails": "INSERT INTO mails (id, kind, event_id, recipient, locale, subject, status, claimed_at) VALUES (uuid7(), 'x', uuid7(), 'a@b.example', 'en', '', 'sent', now())",
        "webhook_receipts": "INSERT INTO webhook_receipts (id, provider, provider_event_id, type, payload, processed_at) VALUES (uuid7(), 'x', 'y', 'z', '{}', now())",
        "inbox_events": "INSERT INTO inbox_events (consumer, event_id) VALUES ('x', uuid7())",
    }
    database.execute(text(made[table]))
    age(database, table, column, days - 1)
    scheduled(RUN)
    assert rows(database, table) == 1

    age(database, table, column, days + 1)
    scheduled(RUN)
    assert rows(database, table) == 0


def test_what_was_not_dealt_with_yet_stays_however_old(database: Any) -> None:
    database.execute(
        text(
            "INSERT INTO webhook_receipts (id, provider, provider_event_id, type, payload) VALUES (uuid7(), 'x', 'y', 'z', '{}')"
        )
    )
    new_cart()
    age(database, "webhook_receipts", "received_at", 4000)
    database.execute(text("UPDATE outbox_events SET occurred_at = now() - interval '20 years', published_at = NULL"))

    scheduled(RUN)

    assert rows(database, "webhook_receipts") == 1


def test_idle_carts_go_and_those_that_became_orders_stay(database: Any, staff_token: str) -> None:
    (variant,) = goods(staff_token)
    checkout(ready_cart(database, (variant, 1)))
    new_cart()
    age(database, "carts", "updated_at", 91)

    scheduled(RUN)

    assert [row.status for row in database.execute(text("SELECT status FROM carts"))] == ["ordered"]


def test_an_old_order_stays_in_the_books_without_its_customer(database: Any, staff_token: str) -> None:
    (variant,) = goods(staff_token)
    for status in ("cancelled", "pending_payment"):
        order = checkout(ready_cart(database, (variant, 1))).data["orderId"]
        database.execute(text("UPDATE orders SET status = :status WHERE id = :id"), {"status": status, "id": order})
    age(database, "orders", "created_at", 3651)

    scheduled(RUN)

    found = database.execute(text("SELECT status, email, shipping_address FROM orders ORDER BY status")).all()
    assert found[0] == ("cancelled", "erased@erased.invalid", {"country": "DE"})
    assert (found[1].status, found[1].email) == ("pending_payment", "ada@example.com")


def test_the_record_of_staff_is_kept_for_its_time(database: Any) -> None:
    old = """INSERT INTO audit_log (occurred_at, actor_id, actor_kind, action, entity, entity_id, change, network_address, user_agent, request_id)
             SELECT now() - make_interval(days => days), uuid7(), 'user', 'Old', 'x', 'x', 'act', '', '', '' FROM unnest(ARRAY[700, 740]) AS days"""
    database.execute(text(old))

    scheduled(RUN)

    assert database.scalar(text("SELECT count(*) FROM audit_log WHERE action = 'Old'")) == 1


def test_more_than_one_batch_goes_in_one_run(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    database.execute(text("INSERT INTO inbox_events (consumer, event_id, handled_at) SELECT 'x', uuid7(), now() - interval '500 days' FROM generate_series(1, 10)"))  # fmt: skip

    assert str(retention.apply()) == "events: 10"
    assert str(retention.apply()) == "nothing"


def test_a_shop_sets_its_own_periods(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    new_cart()
    age(database, "carts", "updated_at", 11)
    monkeypatch.setenv("RETENTION_PERIODS", "carts=10, mails=30")
    forget_settings()
    try:
        scheduled(RUN)
    finally:
        monkeypatch.undo()
        forget_settings()

    assert rows(database, "carts") == 0


@pytest.mark.parametrize("said", ["cats=1", "mails", "mails=", "mails=-1", "mails=0", "audit_log=30", "mails=1.5"])
def test_a_period_that_makes_no_sense_is_refused(said: str) -> None:
    with pytest.raises(UnknownPeriod, match=said.partition("=")[0]):
        retention.periods(said)
