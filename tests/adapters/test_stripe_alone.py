"""What the Stripe adapter decides by itself: what may be tried again, now or later, and what may not."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from uuid import UUID

import pytest

from local.sockets import free_port
from ravo.adapters import payments, registry, stripe
from ravo.adapters.payments import PaymentRefused, ProviderUnavailable
from ravo.platform.errors import UpstreamUnavailable
from ravo.platform.settings import forget_settings

ORDER = UUID("0199b6a0-0000-7000-8000-000000000001")


class Answering(HTTPServer):
    """A server that gives one answer, and remembers what it was asked."""

    answer: tuple[int, dict[str, Any] | str] = (200, {})
    asked: list[tuple[str, dict[str, str]]]


class _Handler(BaseHTTPRequestHandler):
    server: Answering

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.asked.append((self.path, dict(self.headers)))
        status, document = self.server.answer
        body = (document if isinstance(document, str) else json.dumps(document)).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        if 300 <= status < 400:
            self.send_header("location", "/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *args: object) -> None:
        """Log nothing."""


@pytest.fixture
def answering(stripe_at: Any) -> Iterator[Answering]:
    with Answering(("127.0.0.1", 0), _Handler) as server:
        server.asked = []
        Thread(target=server.serve_forever, daemon=True).start()
        stripe_at(f"http://127.0.0.1:{server.server_port}")
        yield server
        server.shutdown()


def create() -> payments.Intent:
    return stripe.create_intent(
        order_id=ORDER,
        order_number="R-1",
        amount=Decimal("49.90"),
        currency="EUR",
        email=None,
        idempotency_key="order-1",
    )


def test_a_stripe_that_is_not_there_is_found_out_quickly_and_may_be_tried_again(stripe_at: Any) -> None:
    stripe_at(f"http://127.0.0.1:{free_port()}")
    began = time.monotonic()

    with pytest.raises(ProviderUnavailable) as refused:
        create()

    assert time.monotonic() - began < 3
    assert isinstance(refused.value, UpstreamUnavailable)
    assert (refused.value.status, refused.value.code) == (503, "UPSTREAM_UNAVAILABLE")


def test_a_shop_without_a_key_takes_no_cards_for_now(services: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STRIPE_API_KEY", "STRIPE_API_KEY_SECRET_ARN"):
        monkeypatch.delenv(name, raising=False)
    forget_settings()

    with pytest.raises(ProviderUnavailable):
        stripe.find_intent("pi_1")

    monkeypatch.undo()
    forget_settings()


@pytest.mark.parametrize(
    ("status", "error", "times"),
    [
        (500, {"type": "api_error", "message": "oops"}, 2),
        (503, {"type": "api_error"}, 2),
        (409, {"type": "invalid_request_error", "code": "idempotency_key_in_use"}, 2),
        (429, {"type": "invalid_request_error", "code": "rate_limit"}, 1),
        (429, {"type": "invalid_request_error", "code": "lock_timeout"}, 1),
        (401, {"type": "invalid_request_error", "message": "Invalid API Key provided"}, 1),
        (403, {"type": "invalid_request_error"}, 1),
    ],
)
def test_what_may_pass_is_tried_once_more_and_may_be_later(
    answering: Answering, status: int, error: dict[str, Any], times: int
) -> None:
    answering.answer = (status, {"error": error})

    with pytest.raises(ProviderUnavailable):
        create()

    assert len(answering.asked) == times
    assert {headers["Idempotency-Key"] for _, headers in answering.asked} == {"order-1"}


def test_an_answer_that_is_no_json_may_be_tried_again(answering: Answering) -> None:
    answering.answer = (200, "<html>Bad gateway</html>")

    with pytest.raises(ProviderUnavailable):
        create()


@pytest.mark.parametrize("status", [302, 307])
def test_nobody_sends_what_is_for_stripe_elsewhere(answering: Answering, status: int) -> None:
    answering.answer = (status, {})

    with pytest.raises(ProviderUnavailable):
        create()

    assert {path for path, _ in answering.asked} == {"/v1/payment_intents"}


@pytest.mark.parametrize(
    ("status", "error", "reason"),
    [
        (402, {"type": "card_error", "code": "card_declined", "message": "Your card was declined."}, "card_declined"),
        (400, {"type": "invalid_request_error", "code": "amount_too_small"}, "amount_too_small"),
        (400, {"type": "invalid_request_error", "message": "secret details"}, "invalid_request_error"),
        (400, {"type": "idempotency_error", "message": "Keys for idempotent…"}, "idempotency_error"),
        (404, {"type": "invalid_request_error", "code": "resource_missing"}, "resource_missing"),
    ],
)
def test_what_stripe_refuses_for_good_is_not_tried_again(
    answering: Answering, status: int, error: dict[str, Any], reason: str
) -> None:
    answering.answer = (status, {"error": error})

    with pytest.raises(PaymentRefused) as refused:
        create()

    assert len(answering.asked) == 1
    assert refused.value.reason == reason
    assert (refused.value.status, refused.value.code) == (402, "PAYMENT_FAILED")
    shown = "Your card was declined." if status == 402 else "The payment was refused."
    assert refused.value.text == shown


def test_what_somebody_wrote_into_metadata_by_hand_is_no_order_of_ours(answering: Answering) -> None:
    said = {"object": "payment_intent", "id": "pi_1", "client_secret": "pi_1_secret_1", "status": "processing"}
    said |= {"amount": 4990, "amount_received": 0, "currency": "eur", "last_payment_error": None}
    for metadata in ({}, {"order_id": "the one of Ada"}):
        answering.answer = (200, said | {"metadata": metadata})

        intent = stripe.find_intent("pi_1")

        assert (intent.order_id, intent.status) == (None, payments.IntentStatus.PROCESSING)


def test_a_provider_is_found_by_its_name() -> None:
    assert registry.provider("stripe").find_intent is stripe.find_intent
    with pytest.raises(KeyError):
        registry.provider("paypal")


def test_the_sdk_is_loaded_by_whoever_uses_it_alone() -> None:
    loaded = "import sys, ravo.adapters.stripe as adapter; print('stripe' in sys.modules)"

    told = subprocess.run(
        [sys.executable, "-c", loaded], env={"PYTHONPATH": "shared"}, capture_output=True, text=True, check=True
    )

    assert told.stdout.strip() == "False"
