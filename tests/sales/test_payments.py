"""Payments: settled by what Stripe says, whenever, however often and in whatever order it says it."""

import time
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from local.demo import shopper
from ravo.adapters import stripe
from ravo.operations.doctor import find_drift
from ravo.platform.settings import settings
from tests.gateway import call
from tests.inventory.stock import adjust, stock
from tests.jobs import drain, recorded, run, scheduled
from tests.sales.carts import enter, goods
from tests.sales.orders import (
    ADMIN,
    admin_order,
    checkout,
    deliver,
    move,
    pay,
    pay_again,
    ready_cart,
    report,
    stripe_event,
)
from tests.sales.terms import gift_card
from tests.sales.test_checkout import expire

EUR = {"currency": "EUR"}


@pytest.fixture(autouse=True)
def _no_drift(database: Any) -> Any:
    """Whatever a test does, every counter is what its ledger sums up to."""
    yield
    assert find_drift() == []


@pytest.fixture
def placed(database: Any, staff_token: str) -> Any:
    """An order of two pieces of three, which waits for 44.90."""
    (small,) = goods(staff_token, basePrice={"amount": "20.00", **EUR}, stock=3)
    return checkout(ready_cart(database, (small, 2))).data | {"variant": small}


def status(placed: Any, token: str) -> str:
    return admin_order(placed["orderId"], token)["status"]


def discrepancies(token: str, of: Any = None) -> list[tuple[str, str | None, str | None]]:
    path = f"{ADMIN}/payments/discrepancies"
    rows = call("sales/admin/list_payment_discrepancies", "GET", path, query={"limit": "100"}, token=token).data
    return [
        (row["kind"], row["expected"] and row["expected"]["amount"], row["actual"] and row["actual"]["amount"])
        for row in rows
        if of is None or row["intentId"] == of["payment"]["intentId"]
    ]


def test_a_payment_settles_once_however_often_it_is_reported(database: Any, staff_token: str, placed: Any) -> None:
    pay(placed)
    event = stripe_event("payment_intent.succeeded", {"id": placed["payment"]["intentId"], "object": "payment_intent"})

    assert [deliver(event).data["isNew"] for _ in range(3)] == [True, False, False]
    report(placed)
    report(placed, "payment_intent.created")
    drain(database)

    order = admin_order(placed["orderId"], staff_token)
    assert (order["status"], order["charged"]["amount"]) == ("payment_confirmed", "44.90")
    assert [event.type for event in recorded(database) if event.type == "order.paid"] == ["order.paid"]
    assert [row[0] for row in database.execute(text("SELECT outcome FROM webhook_receipts ORDER BY id"))] == [
        "paid", "known", "known",
    ]  # fmt: skip
    assert stock(staff_token) == {"TEE-S": (1, 0, 1)}


def test_a_report_that_is_delivered_twice_by_the_queue_acts_once(database: Any, staff_token: str, placed: Any) -> None:
    pay(placed)
    report(placed)
    (reported,) = recorded(database, "payment.reported")

    assert run("sales/jobs/process_payment", reported.detail, reported.detail) == []
    assert run("sales/jobs/process_payment", reported.detail, tries=2) == []

    assert admin_order(placed["orderId"], staff_token)["charged"]["amount"] == "44.90"
    assert len(recorded(database, "order.paid")) == 1


def test_a_declined_card_leaves_the_order_waiting_and_another_one_pays_it(
    database: Any, staff_token: str, placed: Any
) -> None:
    assert pay(placed, shopper.DECLINED_CARD) == shopper.Tried("requires_payment_method", "card_declined")
    report(placed, "payment_intent.payment_failed")
    drain(database)

    order = admin_order(placed["orderId"], staff_token)
    assert (order["status"], order["payments"][0]["failure"]) == ("pending_payment", "card_declined")
    (declined,) = recorded(database, "payment.declined")
    assert declined.detail["data"] == {"orderId": placed["orderId"], "failure": "card_declined"}

    again = pay_again(placed["orderId"]).data
    assert again["payment"] == placed["payment"]
    assert pay(again).status == "succeeded"
    report(placed)
    drain(database)
    assert status(placed, staff_token) == "payment_confirmed"


def test_a_bank_that_asks_first_is_answered_and_then_it_is_paid(database: Any, staff_token: str, placed: Any) -> None:
    assert pay(placed, shopper.ASKING_CARD).status == "requires_action"
    report(placed, "payment_intent.requires_action")
    drain(database)
    assert admin_order(placed["orderId"], staff_token)["payments"][0]["status"] == "requires_action"

    secret = placed["payment"]["clientSecret"]
    assert shopper.authenticate(str(settings().stripe_api_base), secret).status == "succeeded"
    report(placed)
    drain(database)
    assert status(placed, staff_token) == "payment_confirmed"


def test_reports_in_the_wrong_order_come_to_the_same(database: Any, staff_token: str, placed: Any) -> None:
    pay(placed, shopper.DECLINED_CARD)
    pay(placed)
    # What failed first is told last.
    report(placed)
    report(placed, "payment_intent.payment_failed")
    report(placed, "payment_intent.created")
    drain(database)

    order = admin_order(placed["orderId"], staff_token)
    assert (order["status"], order["payments"][0]["status"]) == ("payment_confirmed", "succeeded")


@pytest.mark.parametrize(
    ("how", "refused"),
    [
        ({"signature": ""}, 401),
        ({"signature": "t=1,v1=00"}, 401),
        ({"signature": "nonsense"}, 401),
        ({"secret": "whsec_of_somebody_else"}, 401),
        ({"at": time.time() - 3600}, 401),
    ],
)
def test_a_webhook_that_is_not_from_stripe_or_not_from_now_is_refused(
    database: Any, placed: Any, how: dict[str, Any], refused: int
) -> None:
    event = stripe_event("payment_intent.succeeded", {"id": placed["payment"]["intentId"], "object": "payment_intent"})

    assert deliver(event, **how).status == refused
    assert database.scalar(text("SELECT count(*) FROM webhook_receipts")) == 0


def test_a_webhook_of_another_account_or_without_sense_is_refused(database: Any, placed: Any) -> None:
    about = {"id": placed["payment"]["intentId"], "object": "payment_intent"}

    assert deliver(stripe_event("payment_intent.succeeded", about, account="acct_other")).status == 403
    assert deliver('{"id": "evt_1"}').status == 422
    assert deliver("not json").status == 422
    assert database.scalar(text("SELECT count(*) FROM webhook_receipts")) == 0


def test_a_payment_nobody_ordered_here_is_nobodys_business(database: Any, staff_token: str) -> None:
    for about in ({"id": "pi_unknown", "object": "payment_intent"}, {"id": "cus_1", "object": "customer"}):
        assert deliver(stripe_event("customer.updated", about)).status == 200
    drain(database)

    assert {row[0] for row in database.execute(text("SELECT outcome FROM webhook_receipts"))} == {"not_ours"}
    assert discrepancies(staff_token) == []


def stray_payment(order_id: Any, amount: str = "10.00", currency: str = "EUR") -> dict[str, Any]:
    """A payment at Stripe that was made past us, and paid."""
    intent = stripe.create_intent(
        order_id=order_id,
        order_number="STRAY-STRAY",
        amount=Decimal(amount),
        currency=currency,
        email=None,
        idempotency_key=str(uuid.uuid4()),
    )
    made = {"payment": {"clientSecret": intent.client_secret, "intentId": intent.id}}
    assert pay(made).status == "succeeded"
    return made


def test_money_without_an_order_is_written_down(database: Any, staff_token: str) -> None:
    stray = stray_payment(uuid.uuid4())
    report(stray)
    report(stray, "charge.succeeded")
    drain(database)

    assert discrepancies(staff_token) == [("money_without_order", None, "10.00")]


@pytest.mark.parametrize(("amount", "currency"), [("44.80", "EUR"), ("44.90", "USD")])
def test_a_payment_of_another_amount_or_money_does_not_pay_the_order(
    database: Any, staff_token: str, placed: Any, amount: str, currency: str
) -> None:
    report(stray_payment(placed["orderId"], amount, currency))
    drain(database)

    assert status(placed, staff_token) == "pending_payment"
    assert discrepancies(staff_token) == [("amount_differs", "44.90", amount)]


def test_a_second_payment_for_one_order_goes_back(database: Any, staff_token: str, placed: Any) -> None:
    pay(placed)
    report(placed)
    report(stray_payment(placed["orderId"], "44.90"))
    drain(database)

    order = admin_order(placed["orderId"], staff_token)
    assert (order["status"], order["charged"]["amount"], order["refunded"]["amount"]) == (
        "payment_confirmed", "89.80", "44.90",
    )  # fmt: skip
    assert [refund["status"] for refund in order["refunds"]] == ["succeeded"]
    assert stock(staff_token) == {"TEE-S": (1, 0, 1)}


def test_an_order_that_nobody_pays_gives_its_stock_back(database: Any, staff_token: str, placed: Any) -> None:
    expire(database, placed["orderId"])
    drain(database)

    order = admin_order(placed["orderId"], staff_token)
    assert (order["status"], order["payments"][0]["status"]) == ("cancelled", "cancelled")
    assert order["timeline"][-1]["details"] == {"reason": "expired"}
    assert stock(staff_token) == {"TEE-S": (3, 0, 3)}
    assert pay_again(placed["orderId"]).status == 409
    (told,) = recorded(database, "order.cancelled")
    assert told.detail["data"]["reason"] == "expired"


def test_stock_of_an_unpaid_order_stops_counting_at_its_time(database: Any, staff_token: str, placed: Any) -> None:
    database.execute(text("UPDATE reservations SET expires_at = clock_timestamp() - interval '1 second'"))

    assert stock(staff_token) == {"TEE-S": (3, 0, 3)}


def test_a_payment_at_the_last_moment_beats_the_sweep(database: Any, staff_token: str, placed: Any) -> None:
    pay(placed)
    expire(database, placed["orderId"])

    assert status(placed, staff_token) == "payment_confirmed"
    report(placed)
    drain(database)
    assert admin_order(placed["orderId"], staff_token)["charged"]["amount"] == "44.90"


def late(database: Any, placed: Any) -> None:
    """A payment that comes when the order is called off: the provider could not be told in time."""
    from ravo.platform.database import transaction
    from ravo.sales.orders import service

    with transaction() as session:
        order = service.locked(session, uuid.UUID(placed["orderId"]))
        service.cancel(session, order, reason="expired", source="system")
    pay(placed)
    report(placed)


def test_paid_late_the_order_comes_back_while_its_pieces_are_there(
    database: Any, staff_token: str, placed: Any
) -> None:
    late(database, placed)
    drain(database)

    order = admin_order(placed["orderId"], staff_token)
    assert (order["status"], order["refunds"]) == ("payment_confirmed", [])
    assert stock(staff_token) == {"TEE-S": (1, 0, 1)}


def test_paid_late_with_nothing_left_the_money_goes_back_and_the_customer_is_told(
    database: Any, staff_token: str, placed: Any
) -> None:
    adjust(staff_token, placed["variant"], delta=-1)
    late(database, placed)
    adjust(staff_token, placed["variant"], delta=-1)
    drain(database)

    order = admin_order(placed["orderId"], staff_token)
    assert (order["status"], order["refunded"]["amount"]) == ("cancelled", "44.90")
    assert stock(staff_token) == {"TEE-S": (1, 0, 1)}
    (told,) = recorded(database, "order.refunded")
    assert (told.detail["data"]["amount"], told.detail["data"]["isWhole"]) == ("44.90", True)


def test_paid_after_its_time_and_before_the_sweep_the_order_keeps_what_it_can_get(
    database: Any, staff_token: str, placed: Any
) -> None:
    database.execute(text("UPDATE reservations SET expires_at = clock_timestamp() - interval '1 second'"))
    pay(placed)
    report(placed)
    drain(database)
    assert status(placed, staff_token) == "payment_confirmed"


def test_sold_out_meanwhile_it_is_called_off_and_refunded(database: Any, staff_token: str, placed: Any) -> None:
    database.execute(text("UPDATE reservations SET expires_at = clock_timestamp() - interval '1 second'"))
    adjust(staff_token, placed["variant"], onHand=1, reason="counted")
    pay(placed)
    report(placed)
    drain(database)

    order = admin_order(placed["orderId"], staff_token)
    assert (order["status"], order["refunded"]["amount"]) == ("cancelled", "44.90")
    (told,) = recorded(database, "order.cancelled")
    assert told.detail["data"]["reason"] == "sold_out"


def reconcile(database: Any) -> Any:
    """Reconcile as if all that is there were old enough to be looked at; the stand-in remembers what other tests did."""
    from ravo.sales.payments import reconciliation

    reconciliation.LEFT_ALONE, before = timedelta(minutes=-1), reconciliation.LEFT_ALONE
    try:
        return reconciliation.reconcile(force=False)
    finally:
        reconciliation.LEFT_ALONE = before


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
    from ravo.sales.payments import reconciliation

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


def test_a_gift_card_pays_its_part_and_gets_it_back(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token, basePrice={"amount": "20.00", **EUR}, stock=3)
    card = gift_card(database, "10.00")
    cart = ready_cart(database, (small, 1))
    enter(cart, "GIFT-GIFT-GIFT-GIFT")
    placed = checkout(cart).data
    assert placed["payment"]["amount"]["amount"] == "14.90"
    pay(placed)
    report(placed)
    drain(database)
    assert admin_order(placed["orderId"], staff_token)["charged"]["amount"] == "24.90"

    move(placed["orderId"], "cancelled", staff_token)
    drain(database)

    order = admin_order(placed["orderId"], staff_token)
    assert (order["status"], order["refunded"]["amount"]) == ("cancelled", "24.90")
    query = text(
        "SELECT g.balance, sum(e.delta) FROM gift_cards g JOIN gift_card_entries e ON e.gift_card_id = g.id WHERE g.id = :id GROUP BY 1"
    )
    assert [f"{figure:.2f}" for figure in database.execute(query, {"id": card}).one()] == ["10.00", "10.00"]


def test_with_stripe_down_a_report_waits_in_its_queue(
    database: Any, staff_token: str, placed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ravo.platform.settings import forget_settings

    pay(placed)
    report(placed)
    (reported,) = recorded(database, "payment.reported")
    monkeypatch.setenv("STRIPE_API_BASE", "http://127.0.0.1:9")
    forget_settings()
    assert run("sales/jobs/process_payment", reported.detail) == ["0"]
    monkeypatch.undo()
    forget_settings()

    assert status(placed, staff_token) == "pending_payment"
    drain(database)
    assert status(placed, staff_token) == "payment_confirmed"


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

    valkey.ask(lambda client: client.flushall())
    scheduled("sales/schedules/reconcile_payments")
    assert statements != []
