"""Refunds as staff ask for them: amounts, units of lines, or all that is left."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.catalog.shop import NOWHERE
from tests.gateway import call
from tests.inventory.stock import stock
from tests.jobs import drain, recorded, run
from tests.sales.carts import goods
from tests.sales.orders import ADMIN, admin_order, checkout, pay, ready_cart, refund, report

EUR = {"currency": "EUR"}

pytestmark = pytest.mark.usefixtures("no_drift")


def lines_of(order_id: str, token: str) -> dict[str, str]:
    return {item["sku"]: item["id"] for item in admin_order(order_id, token)["items"]}


def test_a_part_of_the_money_goes_back_by_pieces_and_the_rest_later(database: Any, staff_token: str, paid: str) -> None:
    items = lines_of(paid, staff_token)

    one = refund(
        paid, staff_token, items=[{"orderItemId": items["TEE-S"], "quantity": 1}], restock=True, reason="small"
    )
    drain(database)

    assert (one.status, one.data[0]["amount"]["amount"], one.data[0]["status"]) == (202, "30.00", "requested")
    order = admin_order(paid, staff_token)
    assert (order["status"], order["refunded"]["amount"]) == ("payment_confirmed", "30.00")
    assert stock(staff_token)["TEE-S"] == (9, 0, 9)
    (told,) = recorded(database, "order.refunded")
    assert (told.detail["data"]["amount"], told.detail["data"]["isWhole"]) == ("30.00", False)

    assert refund(paid, staff_token, amount={"amount": "84.91", **EUR}).error["code"] == "CONFLICT"
    assert refund(paid, staff_token).status == 202
    drain(database)
    order = admin_order(paid, staff_token)
    assert (order["status"], order["refunded"]["amount"]) == ("refunded", "114.90")
    assert refund(paid, staff_token).status == 409
    assert stock(staff_token)["TEE-S"] == (9, 0, 9)


def test_parts_of_a_line_add_up_to_the_line(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token, basePrice={"amount": "3.33", **EUR}, stock=3)
    from tests.sales.terms import promotion

    promotion(database, "fixed", "0.99", currency="EUR", code=None)
    placed = checkout(ready_cart(database, (small, 3))).data
    pay(placed)
    report(placed)
    drain(database)
    (item,) = lines_of(placed["orderId"], staff_token).values()

    for _ in range(3):
        assert refund(placed["orderId"], staff_token, items=[{"orderItemId": item, "quantity": 1}]).status == 202
    drain(database)

    order = admin_order(placed["orderId"], staff_token)
    assert sum(float(row["amount"]["amount"]) for row in order["refunds"]) == pytest.approx(9.00)
    assert [row["amount"]["amount"] for row in order["refunds"]] == ["3.00", "3.00", "3.00"]
    refused = refund(placed["orderId"], staff_token, items=[{"orderItemId": item, "quantity": 1}])
    assert refused.error["message"] == "Only 0 of TEE-S can still be refunded. Enter a smaller quantity."


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"amount": {"amount": "114.91", **EUR}}, 409),
        ({"amount": {"amount": "1.00", "currency": "USD"}}, 422),
        ({"amount": {"amount": "0.00", **EUR}}, 422),
        ({"amount": {"amount": "-1.00", **EUR}}, 422),
        ({"items": [{"orderItemId": NOWHERE, "quantity": 1}]}, 404),
        ({"items": [{"orderItemId": NOWHERE, "quantity": 0}]}, 422),
        ({"amount": {"amount": "1.00", **EUR}, "restock": True}, 422),
        ({"unknown": 1}, 422),
    ],
)
def test_a_refund_that_can_not_be_changes_nothing(
    database: Any, staff_token: str, paid: str, body: dict[str, Any], status: int
) -> None:
    assert refund(paid, staff_token, **body).status == status
    assert admin_order(paid, staff_token)["refunds"] == []


def test_the_same_refund_sent_twice_goes_once(database: Any, staff_token: str, paid: str) -> None:
    amount = {"amount": {"amount": "10.00", **EUR}}
    first = refund(paid, staff_token, key=f"refund-{paid}", **amount)
    again = refund(paid, staff_token, key=f"refund-{paid}", **amount)
    (asked,) = recorded(database, "refund.requested")
    assert run("sales/jobs/process_refund", asked.detail, asked.detail) == []
    drain(database)

    assert (first.data, again.data) == (first.data, first.data)
    assert admin_order(paid, staff_token)["refunded"]["amount"] == "10.00"


def test_a_refund_needs_a_key_and_the_right(database: Any, staff_token: str, paid: str) -> None:
    from tests.conftest import token_for

    path = f"{ADMIN}/orders/{paid}/refunds"
    assert call("sales/admin/refund_order", "POST", path, body={}, token=staff_token).status == 422
    assert refund(paid, token_for("orders:write")).status == 403


def test_money_that_stripe_will_not_send_back_is_told_to_staff(database: Any, staff_token: str, paid: str) -> None:
    database.execute(text("UPDATE payments SET intent_id = 'pi_gone'"))
    refund(paid, staff_token, amount={"amount": "10.00", **EUR})
    drain(database)

    order = admin_order(paid, staff_token)
    assert (order["refunds"][0]["status"], order["refunded"]["amount"]) == ("failed", "0.00")
    assert order["timeline"][-1]["kind"] == "refund_failed"
    # What failed can be asked for again.
    assert refund(paid, staff_token, amount={"amount": "114.90", **EUR}).status == 202
