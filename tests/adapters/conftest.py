"""A stand-in of Stripe that tells what happens."""

from collections.abc import Iterator
from decimal import Decimal
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest

from local.outside import CardStandIn
from ravo.adapters import stripe
from ravo.adapters.payments import Intent
from ravo.platform.settings import forget_settings
from tests.adapters.till import Till, Wanted, Webhook

SECRET = "whsec_of_the_tests"


@pytest.fixture
def stripe_at(services: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Settings that lead to a Stripe of the test's own."""

    def point(url: str) -> None:
        monkeypatch.setenv("STRIPE_API_KEY", "sk_test_of_the_tests")
        monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", SECRET)
        monkeypatch.setenv("STRIPE_API_BASE", url)
        forget_settings()

    yield point
    monkeypatch.undo()
    forget_settings()


@pytest.fixture(scope="module")
def till(services: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Till, CardStandIn]]:
    """A stand-in of the module's own, that tells what happens."""
    with Till(("127.0.0.1", 0), Webhook) as told:
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


@pytest.fixture
def address(till: tuple[Till, CardStandIn], monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where that stand-in is; Stripe is asked there while the test runs."""
    monkeypatch.setenv("STRIPE_API_BASE", till[1].url)
    forget_settings()
    yield till[1].url
    monkeypatch.undo()
    forget_settings()


@pytest.fixture
def wanted(address: str) -> Wanted:
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
