"""The Stripe adapter and the shopper's browser, against localstripe."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from uuid import UUID, uuid4

import pytest

from local.demo import shopper
from local.services import CardStandIn
from ravo.adapters import stripe
from ravo.adapters.payments import (
    Intent,
    IntentStatus,
    PaymentRefused,
    ProviderUnavailable,
    RefundStatus,
    ReportedEvent,
)
from ravo.platform.settings import forget_settings
from tests.local.running import eventually

type Wanted = Callable[..., Intent]


class Till(HTTPServer):
    """Takes in webhooks as the shop would, and remembers what was told."""

    told: list[ReportedEvent]
    # How many times more the shop is out of order.
    failing: int = 0

    def types(self, about: str) -> list[str]:
        """What was told of an object, sorted."""
        return sorted(event.type for event in self.told if event.object_id == about)


class _Webhook(BaseHTTPRequestHandler):
    server: Till

    def do_POST(self) -> None:
        payload = self.rfile.read(int(self.headers["content-length"]))
        self.server.failing -= 1
        if self.server.failing < 0:
            self.server.told.append(stripe.verify_webhook(payload, self.headers["stripe-signature"]))
        self.send_response(200 if self.server.failing < 0 else 500)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def till(services: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Till, CardStandIn]]:
    """A stand-in of the module's own, that tells what happens."""
    with Till(("127.0.0.1", 0), _Webhook) as told:
        told.told = []
        Thread(target=told.serve_forever, daemon=True).start()
        stand_in = CardStandIn(
            tmp_path_factory.mktemp("stripe"), webhook=f"http://127.0.0.1:{told.server_port}/webhooks"
        )
        stand_in.start()
        try:
            yield told, stand_in
        finally:
            stand_in.stop()
            told.shutdown()


@pytest.fixture(autouse=True)
def _settings(till: tuple[Till, CardStandIn], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("STRIPE_API_BASE", till[1].url)
    forget_settings()
    yield
    monkeypatch.undo()
    forget_settings()


@pytest.fixture
def address(till: tuple[Till, CardStandIn]) -> str:
    return till[1].url


@pytest.fixture
def wanted() -> Wanted:
    """An intent for an order of its own."""

    def want(amount: str = "49.90", currency: str = "EUR", *, order_id: UUID | None = None, key: str = "") -> Intent:
        order_id = order_id or uuid4()
        return stripe.create_intent(
            order_id=order_id,
            order_number="R-1001",
            amount=Decimal(amount),
            currency=currency,
            email="ada@shop.example",
            idempotency_key=key or f"order-{order_id}",
        )

    return want


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


def test_an_intent_that_there_is_not_is_refused_for_good() -> None:
    for ask in (stripe.find_intent, stripe.cancel_intent):
        with pytest.raises(PaymentRefused) as refused:
            ask("pi_nothing")
        assert refused.value.reason == "resource_missing"


def give_back(intent: Intent, amount: str, *, key: str = "", refund_id: UUID | None = None) -> Any:
    refund_id = refund_id or uuid4()
    return stripe.refund(
        intent_id=intent.id,
        amount=Decimal(amount),
        currency=intent.currency,
        refund_id=refund_id,
        idempotency_key=key or f"refund-{refund_id}",
    )


def test_money_goes_back_in_parts_and_no_more_than_came_in(
    wanted: Wanted, address: str, till: tuple[Till, CardStandIn]
) -> None:
    intent = wanted()
    shopper.pay(address, intent.client_secret)
    refund_id = uuid4()

    first = give_back(intent, "10.00", refund_id=refund_id)
    again = give_back(intent, "10.00", refund_id=refund_id)
    with pytest.raises(PaymentRefused):
        give_back(intent, "39.91")
    second = give_back(intent, "39.90")
    with pytest.raises(PaymentRefused) as refused:
        give_back(intent, "0.01")

    assert refused.value.reason == "charge_already_refunded"
    assert (first.status, first.amount, first.currency) == (RefundStatus.SUCCEEDED, Decimal("10.00"), "EUR")
    assert (first.refund_id, again) == (refund_id, first)
    assert stripe.list_refunds(intent.id) == [second, first]
    assert stripe.find_intent(intent.id).status is IntentStatus.SUCCEEDED
    eventually(lambda: till[0].types(first.id))
    assert till[0].types(first.id) == ["refund.created"]
    charged = eventually(lambda: [event for event in till[0].told if event.type == "charge.refunded"])
    assert intent.id in {event.raw["data"]["object"]["payment_intent"] for event in charged}


def test_nothing_goes_back_of_what_was_not_paid(wanted: Wanted) -> None:
    intent = wanted()

    with pytest.raises(PaymentRefused):
        give_back(intent, "10.00")

    assert stripe.list_refunds(intent.id) == []


@pytest.mark.parametrize(
    ("card", "first", "last", "events"),
    [
        ("4000000000007726", RefundStatus.PENDING, RefundStatus.SUCCEEDED, ["refund.created", "refund.updated"]),
        (
            "4000000000005126",
            RefundStatus.SUCCEEDED,
            RefundStatus.FAILED,
            ["refund.created", "refund.failed", "refund.updated"],
        ),
    ],
)
def test_a_refund_may_change_later(
    wanted: Wanted,
    address: str,
    till: tuple[Till, CardStandIn],
    card: str,
    first: RefundStatus,
    last: RefundStatus,
    events: list[str],
) -> None:
    intent = wanted()
    shopper.pay(address, intent.client_secret, card)

    made = give_back(intent, "49.90")

    assert made.status is first
    eventually(lambda: stripe.list_refunds(intent.id)[0].status is last)
    eventually(lambda: len(till[0].types(made.id)) == len(events))
    assert till[0].types(made.id) == events


def test_what_the_shop_did_not_take_is_told_again(wanted: Wanted, till: tuple[Till, CardStandIn]) -> None:
    till[0].failing = 2

    intent = wanted()

    eventually(lambda: till[0].types(intent.id))
    assert till[0].failing < 0
    assert till[0].types(intent.id) == ["payment_intent.created"]


def test_killed_and_started_again_it_knows_its_payments_keys_and_web_hook(
    wanted: Wanted, address: str, till: tuple[Till, CardStandIn]
) -> None:
    told, stand_in = till
    order_id = uuid4()
    intent = wanted(order_id=order_id)
    os.kill(stand_in.pid, signal.SIGKILL)
    eventually(lambda: not stand_in.alive)

    stand_in.start()

    assert stripe.find_intent(intent.id) == intent
    assert wanted(order_id=order_id) == intent
    assert shopper.pay(address, intent.client_secret) == shopper.Tried("succeeded")
    eventually(lambda: "payment_intent.succeeded" in told.types(intent.id))


def test_killed_the_moment_somebody_paid_it_knows_of_the_money_and_tells_the_shop(
    wanted: Wanted, address: str, till: tuple[Till, CardStandIn]
) -> None:
    told, stand_in = till
    intent = wanted()
    eventually(lambda: told.types(intent.id))

    assert shopper.pay(address, intent.client_secret) == shopper.Tried("succeeded")
    os.kill(stand_in.pid, signal.SIGKILL)
    eventually(lambda: not stand_in.alive)
    stand_in.start()

    assert stripe.find_intent(intent.id).status is IntentStatus.SUCCEEDED
    eventually(lambda: told.types(intent.id) == ["payment_intent.created", "payment_intent.succeeded"])


def test_while_it_is_away_payments_are_unavailable_and_come_back_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: Wanted
) -> None:
    stand_in = CardStandIn(tmp_path)
    monkeypatch.setenv("STRIPE_API_BASE", stand_in.url)
    forget_settings()
    stand_in.start()
    intent = wanted()
    stand_in.stop()

    began = time.monotonic()
    with pytest.raises(ProviderUnavailable):
        stripe.find_intent(intent.id)
    assert time.monotonic() - began < 3

    stand_in.start()
    assert stripe.find_intent(intent.id) == intent
    stand_in.stop()
