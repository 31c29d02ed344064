"""What Stripe tells by webhook: read when it is signed, signed by Stripe's own SDK here, and refused when it proves nothing."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from stripe import WebhookSignature

from ravo.adapters import stripe
from ravo.adapters.payments import ProviderUnavailable, WebhookSignatureInvalid
from ravo.platform.errors import Invalid
from ravo.platform.settings import forget_settings
from tests.adapters.conftest import SECRET

EVENT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "type": "payment_intent.succeeded",
    "created": 1_795_392_000,
    "livemode": False,
    "data": {"object": {"id": "pi_1", "object": "payment_intent"}},
}


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


def test_without_its_secret_a_webhook_is_for_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STRIPE_WEBHOOK_SECRET", raising=False)
    forget_settings()
    with pytest.raises(ProviderUnavailable):
        stripe.verify_webhook(b"{}", "t=1,v1=00")
    monkeypatch.undo()
    forget_settings()
