"""What the Stripe adapter decides by itself: amounts, signatures, and what may be tried again."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some
from stripe import WebhookSignature

from local.sockets import free_port
from ravo.adapters import payments, stripe
from ravo.adapters.payments import PaymentRefused, ProviderUnavailable, WebhookSignatureInvalid
from ravo.adapters.stripe.amounts import from_units, payable, to_units
from ravo.platform.errors import Invalid, UpstreamUnavailable
from ravo.platform.money import CURRENCY_DIGITS
from ravo.platform.settings import forget_settings

SECRET = "whsec_of_the_tests"
ORDER = UUID("0199b6a0-0000-7000-8000-000000000001")
EVENT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "type": "payment_intent.succeeded",
    "created": 1_795_392_000,
    "livemode": False,
    "data": {"object": {"id": "pi_1", "object": "payment_intent"}},
}


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


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("49.90", "EUR", 4990),
        ("0.01", "USD", 1),
        ("5000", "JPY", 5000),
        ("5", "ISK", 500),
        ("5", "UGX", 500),
        ("5.120", "KWD", 5120),
        ("12", "MGA", 12),
        ("99999.99", "HUF", 9_999_999),
    ],
)
def test_an_amount_goes_to_stripe_in_the_unit_that_stripe_counts_in(amount: str, currency: str, units: int) -> None:
    assert to_units(Decimal(amount), currency) == units
    assert from_units(units, currency) == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "currency", "instead"),
    [
        ("49.905", "EUR", "49.91"),
        ("5.124", "KWD", "5.120"),
        ("5.125", "KWD", "5.130"),
        ("0.5", "ISK", "1"),
        ("12.50", "MGA", "13.00"),
        ("1.5", "JPY", "2"),
    ],
)
def test_what_no_card_can_pay_to_the_last_digit_is_refused(amount: str, currency: str, instead: str) -> None:
    with pytest.raises(PaymentRefused) as refused:
        to_units(Decimal(amount), currency)

    assert refused.value.reason == "invalid_amount"
    assert refused.value.status == 402
    assert str(payable(Decimal(amount), currency)) == instead


@given(
    some.sampled_from(sorted(CURRENCY_DIGITS)),
    some.decimals(min_value=0, max_value=999_999, places=3, allow_nan=False),
)
def test_a_payable_amount_comes_back_from_stripes_units_as_it_was(currency: str, amount: Decimal) -> None:
    there = payable(amount, currency)

    units = to_units(there, currency)

    assert str(from_units(units, currency)) == str(there)
    assert payable(there, currency) == there
    assert abs(there - amount) <= Decimal("0.5")


@given(some.sampled_from(["ISK", "UGX", "KWD", "MGA"]), some.integers(min_value=0, max_value=99_999_999))
def test_what_stripe_says_is_never_rounded(currency: str, units: int) -> None:
    digits = {"ISK": 2, "UGX": 2, "KWD": 3, "MGA": 0}[currency]

    assert from_units(units, currency) == Decimal(units).scaleb(-digits)


def test_a_currency_that_the_shop_does_not_know_is_read_with_two_decimals() -> None:
    assert from_units(1050, "XXX") == Decimal("10.50")
    with pytest.raises(KeyError):
        to_units(Decimal(1), "XXX")


def signed(event: Any = EVENT, *, secret: str = SECRET, age: int = 0) -> tuple[bytes, str]:
    payload = event if isinstance(event, str) else json.dumps(event)
    return payload.encode(), WebhookSignature.generate_signature_header(payload, secret, int(time.time()) - age)


def test_a_signed_webhook_is_read(stripe_at: Any) -> None:
    stripe_at("http://localhost:1")

    read = stripe.verify_webhook(*signed(EVENT | {"account": "acct_1"}))

    assert (read.id, read.type, read.account, read.livemode) == ("evt_1", "payment_intent.succeeded", "acct_1", False)
    assert read.created == datetime(2026, 11, 23, tzinfo=UTC)
    assert (read.object_kind, read.object_id) == ("payment_intent", "pi_1")
    assert read.raw == EVENT | {"account": "acct_1"}


def test_an_object_without_an_id_has_none(stripe_at: Any) -> None:
    stripe_at("http://localhost:1")

    read = stripe.verify_webhook(*signed(EVENT | {"data": {"object": {"object": "balance"}}}))

    assert (read.object_kind, read.object_id, read.account) == ("balance", None, None)


def test_during_a_change_of_the_secret_one_of_two_signatures_is_enough(stripe_at: Any) -> None:
    stripe_at("http://localhost:1")
    payload, header = signed()
    moment, _, own = header.partition(",")

    assert stripe.verify_webhook(payload, f"{moment},v1={'0' * 64},{own}").id == "evt_1"


def test_an_event_may_be_almost_five_minutes_old(stripe_at: Any) -> None:
    stripe_at("http://localhost:1")

    assert stripe.verify_webhook(*signed(age=290)).id == "evt_1"


def forged(how: str) -> tuple[bytes, str]:
    payload, header = signed()
    return {
        "unsigned": (payload, ""),
        "without a signature": (payload, "t=1"),
        "nonsense": (payload, "nonsense"),
        "not ASCII": (payload, header.partition(",")[0] + ",v1=é"),
        "another scheme": (payload, header.replace("v1=", "v0=")),
        "changed": (payload + b" ", header),
        "not text": (b"\xff", header),
        "without a time": (payload, header.partition(",")[2]),
        "a time that is none": (payload, header.replace("t=", "t=x")),
        "a time without an end": (payload, header.replace("t=", "t=" + "9" * 5000)),
        "another time": (payload, header.replace("t=", "t=1")),
        "signed by another": signed(secret="whsec_of_someone_else"),
        "old": signed(age=310),
    }[how]


@pytest.mark.parametrize(
    "how",
    [
        "unsigned",
        "without a signature",
        "nonsense",
        "not ASCII",
        "another scheme",
        "changed",
        "not text",
        "without a time",
        "a time that is none",
        "a time without an end",
        "another time",
        "signed by another",
        "old",
    ],
)
def test_a_webhook_that_proves_nothing_is_refused(stripe_at: Any, how: str) -> None:
    stripe_at("http://localhost:1")

    with pytest.raises(WebhookSignatureInvalid) as refused:
        stripe.verify_webhook(*forged(how))

    assert (refused.value.status, refused.value.code) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("event", ["[]", "{", '{"object": "v2.core.event", "id": "evt_1", "type": "x"}'])
def test_a_signed_body_that_is_no_event_is_invalid(stripe_at: Any, event: str) -> None:
    stripe_at("http://localhost:1")

    with pytest.raises(Invalid):
        stripe.verify_webhook(*signed(event))


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
    assert payments.provider("stripe").find_intent is stripe.find_intent
    with pytest.raises(KeyError):
        payments.provider("paypal")


def test_the_sdk_is_loaded_by_whoever_uses_it_alone() -> None:
    loaded = "import sys, ravo.adapters.stripe as adapter; print('stripe' in sys.modules)"

    told = subprocess.run(
        [sys.executable, "-c", loaded], env={"PYTHONPATH": "shared"}, capture_output=True, text=True, check=True
    )

    assert told.stdout.strip() == "False"


def test_without_its_secret_a_webhook_is_for_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STRIPE_WEBHOOK_SECRET", raising=False)
    forget_settings()
    with pytest.raises(ProviderUnavailable):
        stripe.verify_webhook(b"{}", "t=1,v1=00")
    monkeypatch.undo()
    forget_settings()
