"""Refunds at Stripe: in parts, never more than came in, and changed by the bank later."""

from decimal import Decimal
from uuid import uuid4

import pytest

from local.demo import shopper
from local.outside import CardStandIn
from ravo.adapters import stripe
from ravo.adapters.payments import IntentStatus, PaymentRefused, RefundStatus
from tests.adapters.till import Till, Wanted, give_back
from tests.local.running import eventually


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
