"""Payments: settled by what Stripe says, whenever, however often and in whatever order it says it."""

import uuid
from typing import Any

import pytest
from sqlalchemy import text

from local.demo import shopper
from ravo.platform.settings import settings
from tests.inventory.stock import stock
from tests.jobs import drain, recorded, run
from tests.sales.carts import enter, goods
from tests.sales.orders import admin_order, checkout, deliver, move, pay, pay_again, ready_cart, report, stripe_event
from tests.sales.payments import discrepancies, status, stray_payment
from tests.sales.terms import gift_card

pytestmark = pytest.mark.usefixtures("no_drift")

EUR = {"currency": "EUR"}


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


def test_a_payment_nobody_ordered_here_is_nobodys_business(database: Any, staff_token: str) -> None:
    for about in ({"id": "pi_unknown", "object": "payment_intent"}, {"id": "cus_1", "object": "customer"}):
        assert deliver(stripe_event("customer.updated", about)).status == 200
    drain(database)

    assert {row[0] for row in database.execute(text("SELECT outcome FROM webhook_receipts"))} == {"not_ours"}
    assert discrepancies(staff_token) == []


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
