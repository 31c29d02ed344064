"""Stripe away, killed or not heard: it knows what was paid, and tells it again."""

import os
import signal
import time
from pathlib import Path
from uuid import uuid4

import pytest

from local.demo import shopper
from local.outside import CardStandIn
from ravo.adapters import stripe
from ravo.adapters.payments import IntentStatus, ProviderUnavailable
from ravo.platform.settings import forget_settings
from tests.adapters.till import Till, Wanted
from tests.local.running import eventually


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
    # The one that was on its way may come twice.
    eventually(lambda: set(told.types(intent.id)) == {"payment_intent.created", "payment_intent.succeeded"})


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
