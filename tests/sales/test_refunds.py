"""Refunds as the provider tells of them: forgotten keys, late changes, and money that somebody sent back elsewhere."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from local.demo import shopper
from ravo.adapters import stripe
from ravo.adapters.stripe.client import client
from ravo.platform import tokens
from ravo.platform.ids import uuid7
from ravo.sales.refunds import service as refunds
from tests.jobs import drain
from tests.local.running import eventually
from tests.sales.carts import enter, goods
from tests.sales.orders import admin_order, checkout, deliver, pay, ready_cart, refund, report, stripe_event
from tests.sales.payments import discrepancies, reconcile
from tests.sales.terms import gift_card

EUR = {"currency": "EUR"}
# The bank sends what went back to it back again, a little later.
BOUNCING_CARD = "4000000000005126"


def bought(database: Any, token: str, card: str = shopper.GOOD_CARD) -> Any:
    """A paid order of 44.90."""
    (small,) = goods(token, basePrice={"amount": "20.00", **EUR}, stock=3)
    placed = checkout(ready_cart(database, (small, 2))).data
    pay(placed, card)
    report(placed)
    drain(database)
    return placed


@pytest.fixture
def paid(database: Any, staff_token: str) -> Any:
    return bought(database, staff_token)


def report_refund(placed: Any, kind: str) -> None:
    """Deliver what Stripe reports of a refund."""
    about = {"id": "re_1", "object": "refund", "payment_intent": placed["payment"]["intentId"]}
    assert deliver(stripe_event(kind, about)).status == 200


def test_a_refund_whose_key_the_provider_has_forgotten_is_not_made_twice(
    database: Any, staff_token: str, paid: Any
) -> None:
    intent_id = paid["payment"]["intentId"]
    (asked,) = refund(paid["orderId"], staff_token, amount={"amount": "10.00", **EUR}).data
    made = {"intent_id": intent_id, "amount": Decimal("10.00"), "currency": "EUR", "refund_id": UUID(asked["id"])}
    stripe.refund(**made, idempotency_key=f"forgotten-{asked['id']}")

    refunds.process(UUID(asked["id"]))

    assert [each.amount for each in stripe.list_refunds(intent_id)] == [Decimal("10.00")]
    assert admin_order(paid["orderId"], staff_token)["refunded"]["amount"] == "10.00"


def test_money_that_somebody_sent_back_elsewhere_stays_written_down(database: Any, staff_token: str, paid: Any) -> None:
    client().v1.refunds.create({"payment_intent": paid["payment"]["intentId"], "amount": 500})
    report_refund(paid, "refund.created")
    drain(database)
    assert discrepancies(staff_token, paid) == [("refund_differs", "0.00", "5.00")]

    reconcile(database)

    assert discrepancies(staff_token, paid) == [("refund_differs", "0.00", "5.00")]


def test_a_refund_that_comes_back_after_it_had_gone_is_told_to_staff_once(database: Any, staff_token: str) -> None:
    placed = bought(database, staff_token, BOUNCING_CARD)
    refund(placed["orderId"], staff_token)
    drain(database)
    assert admin_order(placed["orderId"], staff_token)["status"] == "refunded"
    eventually(lambda: stripe.list_refunds(placed["payment"]["intentId"])[0].status == "failed")

    for kind in ("refund.updated", "refund.failed"):
        report_refund(placed, kind)
    drain(database)
    reconcile(database)

    assert discrepancies(staff_token, placed) == [("refund_differs", "44.90", "0.00")]
    order = admin_order(placed["orderId"], staff_token)
    assert [event["kind"] for event in order["timeline"]].count("refund_failed") == 1
    assert (order["refunds"][0]["status"], order["refunds"][0]["failure"]) == ("succeeded", "failed")


def test_an_amount_in_another_currency_is_refused_in_words_about_the_order(
    database: Any, staff_token: str, paid: Any
) -> None:
    refused = refund(paid["orderId"], staff_token, amount={"amount": "1.00", "currency": "USD"})

    assert (refused.status, refused.error["message"]) == (
        422,
        "The order is in another currency. Send the amount in that one.",
    )
    assert admin_order(paid["orderId"], staff_token)["refunds"] == []


def test_what_staff_send_back_is_on_record_with_who_what_before_and_after(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token, basePrice={"amount": "20.00", **EUR}, stock=3)
    card = gift_card(database, "10.00")
    cart = ready_cart(database, (small, 1))
    enter(cart, "GIFT-GIFT-GIFT-GIFT")
    placed = checkout(cart).data
    pay(placed)
    report(placed)
    drain(database)
    user = uuid7()
    token = tokens.sign(user, session_id=uuid7(), roles=["admin"], permissions=["orders:refund"])

    sent = refund(placed["orderId"], token, reason="Torn")

    assert sent.status == 202
    query = text("SELECT * FROM audit_log WHERE request_id = :request ORDER BY id")
    entries = database.execute(query, {"request": sent.headers["x-request-id"]}).mappings().all()
    assert {(entry["actor_id"], entry["actor_kind"], entry["action"]) for entry in entries} == {
        (user, "user", "RefundOrder")
    }
    by_card, by_gift_card = (e for e in entries if (e["entity"], e["change"]) == ("refunds", "insert"))
    assert (by_card["before"], by_card["after"]["amount"], by_card["after"]["status"]) == (None, 14.9, "requested")
    assert (by_gift_card["before"], by_gift_card["after"]["amount"]) == (None, 10.0)
    assert {entry["after"]["order_id"] for entry in (by_card, by_gift_card)} == {placed["orderId"]}
    changes = {(e["entity"], e["entity_id"]): e for e in entries if e["change"] == "update"}
    settled, filled = changes["refunds", by_gift_card["entity_id"]], changes["gift_cards", card]
    assert (settled["before"]["status"], settled["after"]["status"]) == ("requested", "succeeded")
    assert (filled["before"]["balance"], filled["after"]["balance"]) == (0.0, 10.0)
