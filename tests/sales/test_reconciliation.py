"""The books: what no webhook told is settled, and what does not add up is found."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from ravo.operations.doctor import find_drift
from tests.jobs import drain, recorded, scheduled
from tests.sales.orders import admin_order, pay, report
from tests.sales.payments import discrepancies, reconcile, status
from tests.sales.terms import gift_card

pytestmark = pytest.mark.usefixtures("no_drift")


def test_reconciliation_settles_what_no_webhook_told(database: Any, staff_token: str, placed: Any) -> None:
    pay(placed)

    findings = reconcile(database)

    assert findings.repaired >= 1
    assert status(placed, staff_token) == "payment_confirmed"
    assert discrepancies(staff_token, placed) == []
    report(placed)
    drain(database)
    assert admin_order(placed["orderId"], staff_token)["charged"]["amount"] == "44.90"


def test_the_hourly_schedule_settles_it_too(
    database: Any, staff_token: str, placed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ravo.sales.reconciliation import service as reconciliation

    monkeypatch.setattr(reconciliation, "LEFT_ALONE", timedelta(minutes=-1))
    pay(placed)

    scheduled("sales/schedules/reconcile_payments")

    assert status(placed, staff_token) == "payment_confirmed"
    (paid,) = recorded(database, "order.paid")
    assert paid.detail["aggregateId"] == placed["orderId"]


def test_reconciliation_finds_an_order_without_its_money_and_sees_when_it_is_mended(
    database: Any, staff_token: str, placed: Any
) -> None:
    database.execute(
        text(
            """
            INSERT INTO payment_entries (id, order_id, payment_id, kind, amount, reference)
            SELECT gen_random_uuid(), order_id, id, 'charge', amount, 'charge' FROM payments
            """
        )
    )
    reconcile(database)
    assert discrepancies(staff_token, placed) == [("order_without_money", "44.90", "0.00")]

    pay(placed)
    reconcile(database)
    assert discrepancies(staff_token, placed) == []


def test_the_doctor_sees_a_balance_and_an_order_that_do_not_follow_from_their_ledgers(
    database: Any, staff_token: str, placed: Any
) -> None:
    card = gift_card(database, "10.00", code="AAAA-BBBB-CCCC-DDDD")
    with database.begin_nested() as savepoint:
        database.execute(text("UPDATE gift_cards SET balance = 11"))
        database.execute(text("UPDATE orders SET status = 'shipped'"))
        found = find_drift()
        savepoint.rollback()

    assert found == [
        {"giftCardId": card, "balance": "11.0000", "countedBalance": "10.0000"},
        {"orderId": placed["orderId"], "total": "44.9000", "charged": "0", "refunded": "0"},
    ]


def test_books_are_not_opened_while_nobody_pays(database: Any, statements: list[str]) -> None:
    from ravo.platform import valkey

    scheduled("sales/schedules/reconcile_payments", force=True)
    statements.clear()
    scheduled("sales/schedules/reconcile_payments")
    assert statements == []

    valkey.execute("FLUSHALL")
    scheduled("sales/schedules/reconcile_payments")
    assert statements != []
