"""Payments at Stripe and the shopper's browser: asked for once, paid, declined, cancelled."""

import os
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.error import HTTPError
from uuid import uuid4

import pytest

from local.demo import shopper
from local.outside import CardStandIn
from ravo.adapters import stripe
from ravo.adapters.payments import Intent, IntentStatus, PaymentRefused, RefundStatus
from tests.adapters.till import Till, Wanted
from tests.local.running import eventually


def test_an_intent_names_its_order_and_waits_for_a_card(wanted: Wanted) -> None:
    order_id = uuid4()

    intent = wanted(order_id=order_id)

    assert intent == Intent(
        id=intent.id,
        client_secret=intent.client_secret,
        status=IntentStatus.REQUIRES_PAYMENT_METHOD,
        amount=Decimal("49.90"),
        currency="EUR",
        received=Decimal("0.00"),
        order_id=order_id,
        last_error=None,
    )
    assert intent.client_secret.startswith(f"{intent.id}_secret_")
    assert stripe.find_intent(intent.id) == intent


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [("5000", "JPY", 5000), ("49.90", "EUR", 4990), ("5.120", "KWD", 5120), ("750", "ISK", 75000)],
)
def test_an_amount_is_paid_in_every_kind_of_currency(
    wanted: Wanted, address: str, amount: str, currency: str, units: int, till: tuple[Till, CardStandIn]
) -> None:
    intent = wanted(amount, currency)

    assert shopper.pay(address, intent.client_secret) == shopper.Tried("succeeded")

    paid = stripe.find_intent(intent.id)
    assert (str(paid.amount), str(paid.received), paid.currency) == (amount, amount, currency)
    (event,) = eventually(
        lambda: [e for e in till[0].told if (e.object_id, e.type) == (intent.id, "payment_intent.succeeded")]
    )
    assert event.raw["data"]["object"]["amount_received"] == units


def test_a_paid_intent_is_told_once_it_is_made_and_once_it_is_paid(
    wanted: Wanted, address: str, till: tuple[Till, CardStandIn]
) -> None:
    intent = wanted()
    shopper.pay(address, intent.client_secret)

    eventually(lambda: len(till[0].types(intent.id)) == 2)

    assert till[0].types(intent.id) == ["payment_intent.created", "payment_intent.succeeded"]
    event = next(event for event in till[0].told if event.object_id == intent.id)
    assert (event.object_kind, event.livemode, event.account) == ("payment_intent", False, None)
    assert abs(event.created - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("card", "error"),
    [
        ("4000000000000002", "card_declined"),
        ("4000000000009995", "card_declined"),
        ("4000000000000069", "expired_card"),
        ("4000000000000127", "incorrect_cvc"),
        ("4000000000000119", "processing_error"),
        ("4000000000000341", "card_declined"),
    ],
)
def test_a_declined_card_leaves_the_intent_open_for_another(
    wanted: Wanted, address: str, till: tuple[Till, CardStandIn], card: str, error: str
) -> None:
    intent = wanted()

    assert shopper.pay(address, intent.client_secret, card) == shopper.Tried("requires_payment_method", error)

    tried = stripe.find_intent(intent.id)
    assert (tried.status, tried.last_error) == (IntentStatus.REQUIRES_PAYMENT_METHOD, error)
    assert tried.received == 0
    assert shopper.pay(address, intent.client_secret) == shopper.Tried("succeeded")
    assert stripe.find_intent(intent.id).last_error is None
    eventually(lambda: len(till[0].types(intent.id)) == 3)
    assert till[0].types(intent.id)[1:] == ["payment_intent.payment_failed", "payment_intent.succeeded"]


def test_a_bank_that_asks_is_answered_before_the_money_comes(
    wanted: Wanted, address: str, till: tuple[Till, CardStandIn]
) -> None:
    intent = wanted()

    assert shopper.pay(address, intent.client_secret, shopper.ASKING_CARD) == shopper.Tried("requires_action")
    assert stripe.find_intent(intent.id).received == 0
    assert shopper.authenticate(address, intent.client_secret) == shopper.Tried("succeeded")

    assert stripe.find_intent(intent.id).received == Decimal("49.90")
    eventually(lambda: len(till[0].types(intent.id)) == 3)
    assert till[0].types(intent.id)[1:] == ["payment_intent.requires_action", "payment_intent.succeeded"]


def test_who_fails_before_the_bank_may_try_again(wanted: Wanted, address: str, till: tuple[Till, CardStandIn]) -> None:
    intent = wanted()
    shopper.pay(address, intent.client_secret, shopper.ASKING_CARD)

    failed = shopper.authenticate(address, intent.client_secret, success=False)

    assert failed == shopper.Tried("requires_payment_method", "payment_intent_authentication_failure")
    assert stripe.find_intent(intent.id).last_error == "payment_intent_authentication_failure"
    assert shopper.pay(address, intent.client_secret) == shopper.Tried("succeeded")
    eventually(lambda: "payment_intent.payment_failed" in till[0].types(intent.id))


def test_a_card_that_the_bank_declines_after_its_question_does_not_pay(wanted: Wanted, address: str) -> None:
    intent = wanted()

    shopper.pay(address, intent.client_secret, "4000008400001629")

    assert shopper.authenticate(address, intent.client_secret) == shopper.Tried(
        "requires_payment_method", "card_declined"
    )


def test_a_browser_can_do_no_more_than_its_client_secret_allows(wanted: Wanted, address: str) -> None:
    mine, other = wanted(), wanted()

    with pytest.raises(HTTPError) as refused:
        shopper.pay(address, f"{mine.id}_secret_{other.client_secret.rpartition('_')[2]}")
    refused.value.close()

    assert refused.value.code == 401
    assert stripe.find_intent(mine.id).status is IntentStatus.REQUIRES_PAYMENT_METHOD


def test_the_same_key_asks_for_one_payment(wanted: Wanted) -> None:
    order_id = uuid4()

    first, again = (wanted(order_id=order_id, key="key-1") for _ in range(2))

    assert first == again
    moment = datetime.now(UTC)
    found = stripe.list_intents(created_from=moment - timedelta(minutes=5), created_to=moment + timedelta(minutes=1))
    assert [intent.id for intent in found if intent.order_id == order_id] == [first.id]


def test_the_same_key_for_another_amount_is_refused(wanted: Wanted) -> None:
    order_id = uuid4()
    wanted(order_id=order_id, key="key-2")

    with pytest.raises(PaymentRefused) as refused:
        wanted("50.00", order_id=order_id, key="key-2")

    assert refused.value.reason == "idempotency_error"


def test_what_was_refused_before_it_was_done_can_be_put_right_under_its_key(wanted: Wanted) -> None:
    intent = wanted()
    give_back: Any = {"intent_id": intent.id, "amount": Decimal("10.00"), "currency": "EUR"}
    give_back |= {"refund_id": uuid4(), "idempotency_key": "refund-before-pay"}
    with pytest.raises(PaymentRefused):
        stripe.refund(**give_back)

    shopper.pay(os.environ["STRIPE_API_BASE"], intent.client_secret)

    assert stripe.refund(**give_back).status is RefundStatus.SUCCEEDED


def test_intents_are_listed_by_when_they_were_made_newest_first_over_pages(
    wanted: Wanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stripe, "PAGE", 2)
    begin = datetime.now(UTC) - timedelta(seconds=1)
    made = [wanted().id for _ in range(5)]
    end = datetime.now(UTC) + timedelta(seconds=1)

    listed = [intent.id for intent in stripe.list_intents(created_from=begin, created_to=end)]

    assert [each for each in listed if each in made] == made[::-1]
    assert list(stripe.list_intents(created_from=end, created_to=end + timedelta(days=1))) == []
    assert (
        list(stripe.list_intents(created_from=begin - timedelta(days=1), created_to=begin - timedelta(hours=1))) == []
    )


def test_a_canceled_intent_can_be_canceled_again_and_not_be_paid(
    wanted: Wanted, address: str, till: tuple[Till, CardStandIn]
) -> None:
    intent = wanted()

    assert stripe.cancel_intent(intent.id).status is IntentStatus.CANCELED
    assert stripe.cancel_intent(intent.id).status is IntentStatus.CANCELED

    with pytest.raises(HTTPError) as refused:
        shopper.pay(address, intent.client_secret)
    refused.value.close()
    assert stripe.find_intent(intent.id).status is IntentStatus.CANCELED
    eventually(lambda: len(till[0].types(intent.id)) == 2)
    assert till[0].types(intent.id) == ["payment_intent.canceled", "payment_intent.created"]


def test_a_paid_intent_can_not_be_canceled(wanted: Wanted, address: str) -> None:
    intent = wanted()
    shopper.pay(address, intent.client_secret)

    with pytest.raises(PaymentRefused) as refused:
        stripe.cancel_intent(intent.id)

    assert refused.value.reason == "payment_intent_unexpected_state"
    assert stripe.find_intent(intent.id).status is IntentStatus.SUCCEEDED


def test_an_intent_that_there_is_not_is_refused_for_good(address: str) -> None:
    for ask in (stripe.find_intent, stripe.cancel_intent):
        with pytest.raises(PaymentRefused) as refused:
            ask("pi_nothing")
        assert refused.value.reason == "resource_missing"
