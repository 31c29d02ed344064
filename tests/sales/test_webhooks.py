"""Webhooks: taken when Stripe signed them a moment ago, refused otherwise."""

import time
from typing import Any

import pytest
from sqlalchemy import text

from tests.sales.orders import deliver, stripe_event

pytestmark = pytest.mark.usefixtures("no_drift")


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
