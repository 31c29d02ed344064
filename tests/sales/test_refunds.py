"""Refunds as the provider knows them."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from local.demo import shopper
from ravo.adapters import stripe
from ravo.sales.payments import refunding
from tests.jobs import drain
from tests.sales.carts import goods
from tests.sales.orders import admin_order, checkout, pay, ready_cart, refund, report

EUR = {"currency": "EUR"}


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


def test_a_refund_whose_key_the_provider_has_forgotten_is_not_made_twice(
    database: Any, staff_token: str, paid: Any
) -> None:
    intent_id = paid["payment"]["intentId"]
    (asked,) = refund(paid["orderId"], staff_token, amount={"amount": "10.00", **EUR}).data
    made = {"intent_id": intent_id, "amount": Decimal("10.00"), "currency": "EUR", "refund_id": UUID(asked["id"])}
    stripe.refund(**made, idempotency_key=f"forgotten-{asked['id']}")

    refunding.process(UUID(asked["id"]))

    assert [each.amount for each in stripe.list_refunds(intent_id)] == [Decimal("10.00")]
    assert admin_order(paid["orderId"], staff_token)["refunded"]["amount"] == "10.00"
