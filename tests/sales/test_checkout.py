"""Checkout: a cart becomes one order, with everything that belongs to it, or nothing happens at all."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from ravo.platform.settings import forget_settings
from tests.catalog.shop import NOWHERE
from tests.identity.people import register
from tests.inventory.stock import check, reserve, stock
from tests.jobs import drain, recorded
from tests.sales.carts import add, change, change_goods, enter, goods, new_cart, send_to, show
from tests.sales.orders import admin_order, checkout, expire, pay, pay_again, ready_cart, report
from tests.sales.terms import gift_card, promotion, shipping, tax

EUR = {"currency": "EUR"}
TABLES = ("orders", "order_items", "order_events", "payments", "promotion_uses", "reservations", "outbox_events")


pytestmark = pytest.mark.usefixtures("no_drift")


def counts(database: Any) -> list[int]:
    return [database.scalar(text(f"SELECT count(*) FROM {table}")) for table in TABLES]


def test_a_guest_orders_pays_and_the_order_is_confirmed(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token, basePrice={"amount": "119.00", **EUR}, stock=3)
    tax(database)
    cart = ready_cart(database, (small, 2), locale="de")

    placed = checkout(cart)

    assert placed.status == 201
    assert placed.headers["location"] == f"/api/v1/sales/orders/{placed.data['orderId']}"
    assert placed.data["status"] == "pending_payment"
    assert {name: money["amount"] for name, money in placed.data["totals"].items()} == {
        "subtotal": "200.00",
        "discount": "0.00",
        "shipping": "4.12",
        "tax": "38.78",
        "total": "242.90",
        "giftCards": "0.00",
        "due": "242.90",
    }
    assert placed.data["payment"]["amount"]["amount"] == "242.90"
    assert placed.data["payment"]["publishableKey"]
    assert stock(staff_token) == {"TEE-S": (3, 2, 1)}
    assert [event.type for event in recorded(database) if event.type.startswith("order")] == ["order.placed"]

    assert pay(placed.data).status == "succeeded"
    assert report(placed.data).status == 200
    drain(database)

    order = admin_order(placed.data["orderId"], staff_token)
    assert order["status"] == "payment_confirmed"
    assert (order["charged"]["amount"], order["refunded"]["amount"]) == ("242.90", "0.00")
    assert stock(staff_token) == {"TEE-S": (1, 0, 1)}
    assert [(e["fromStatus"], e["toStatus"], e["source"]) for e in order["timeline"]] == [
        (None, "pending_payment", "customer"),
        ("pending_payment", "payment_confirmed", "payment"),
    ]
    (item,) = order["items"]
    assert (item["sku"], item["quantity"], item["unitPrice"]["amount"], item["total"]["amount"]) == (
        "TEE-S", 2, "119.00", "238.00",
    )  # fmt: skip
    assert item["product"]["slug"] == "tee-shirt"


def test_a_cart_becomes_one_order_however_often_it_is_asked(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token)
    cart = ready_cart(database, (small, 1))
    key = str(uuid.uuid4())
    first = checkout(cart, key)
    before = counts(database)

    same_key, other_key = checkout(cart, key), checkout(cart)
    other_body = checkout(cart, key, body={"expectedTotal": {"amount": "1.00", **EUR}})

    assert same_key.data == first.data
    assert (other_key.status, other_key.data) == (201, first.data)
    assert (other_body.status, other_body.error["code"]) == (422, "IDEMPOTENCY_MISMATCH")
    assert counts(database) == before
    assert add(cart, small).error["message"] == "This cart was ordered or merged into another one. Start a new cart."


def test_without_a_key_nothing_is_ordered(database: Any, staff_token: str) -> None:
    from tests.gateway import call

    (small,) = goods(staff_token)
    cart = ready_cart(database, (small, 1))

    refused = call("sales/store/checkout", "POST", "/api/v1/sales/checkout", body={"cartId": cart["id"]})

    assert (refused.status, refused.error["details"][0]["field"]) == (422, "Idempotency-Key")
    assert counts(database)[0] == 0


def test_a_cart_that_is_not_ready_says_what_is_missing(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token)
    cart = new_cart()

    empty = checkout(cart)
    add(cart, small)
    send_to(cart, email=None)
    shipping(database)
    unsent = checkout(cart)

    assert {detail["field"] for detail in empty.error["details"]} == {"lines", "shippingAddress", "email"}
    assert {detail["field"] for detail in unsent.error["details"]} == {"shipping", "email"}
    assert (empty.status, unsent.status, checkout({"id": NOWHERE}).status) == (422, 422, 404)
    assert show(cart).data["status"] == "open"


def test_what_went_off_sale_meanwhile_is_named(database: Any, staff_token: str) -> None:
    (small, medium) = goods(staff_token, sizes=("S", "M"))
    cart = ready_cart(database, (small, 1), (medium, 1))
    change_goods(database, "UPDATE product_variants SET is_active = false WHERE sku = 'TEE-M'")

    refused = checkout(cart)

    assert [detail["message"] for detail in refused.error["details"]] == ["no longer for sale; remove it"]
    assert stock(staff_token)["TEE-S"] == (100, 0, 100)


def test_nobody_pays_another_price_than_the_one_they_saw(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token, basePrice={"amount": "20.00", **EUR})
    cart = ready_cart(database, (small, 1))
    change_goods(database, "UPDATE products SET base_price = 25 WHERE sku = 'TEE'")

    unseen = checkout(cart)
    wrong = checkout(cart, body={"expectedTotal": {"amount": "24.90", **EUR}})
    seen = checkout(cart, body={"expectedTotal": {"amount": "29.90", **EUR}})

    assert (unseen.status, unseen.error["code"]) == (409, "CONFLICT")
    assert (wrong.status, wrong.error["details"][0]["message"]) == (409, "the total is now 29.90 EUR")
    assert (seen.status, seen.data["totals"]["total"]["amount"]) == (201, "29.90")


def test_some_things_are_for_customers_alone(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token, guestPurchaseable=False)
    cart = ready_cart(database, (small, 1))
    assert checkout(cart).error["message"] == "Some items are only sold to signed-in customers. Sign in to continue."

    ada = register().data["accessToken"]
    assert checkout(ready_cart(database, (small, 1), token=ada), token=ada).status == 201


def test_the_last_piece_has_one_buyer(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token, stock=1)
    one, other = ready_cart(database, (small, 1)), ready_cart(database, (small, 1))
    assert checkout(one).status == 201
    before = counts(database)

    refused = checkout(other)

    assert (refused.status, refused.error["code"]) == (409, "INSUFFICIENT_STOCK")
    assert counts(database) == before
    assert show(other).data["status"] == "open"


def test_what_the_cart_had_reserved_becomes_the_orders(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token, stock=1)
    cart = ready_cart(database, (small, 1))
    assert reserve({small: 1}, cart["id"]).status == 201
    assert check(small, 1) == (0, False)

    assert checkout(cart).status == 201
    assert stock(staff_token) == {"TEE-S": (1, 1, 0)}


def test_a_shopper_can_not_touch_what_an_order_holds(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token, stock=1)
    placed = checkout(ready_cart(database, (small, 1))).data

    assert reserve({small: 1}, f"order:{placed['orderId']}").status == 422


def test_promotions_are_used_up_by_orders_and_come_back_when_they_are_called_off(
    database: Any, staff_token: str
) -> None:
    (small,) = goods(staff_token)
    promotion(database, "percent", "50", code="ONCE", max_uses=1)
    one, other = ready_cart(database, (small, 1)), ready_cart(database, (small, 1))
    enter(one, "ONCE")
    enter(other, "ONCE")
    placed = checkout(one).data
    assert placed["totals"]["discount"]["amount"] == "25.00"

    # It was there when the cart was looked at last; now it is not valid, and the price another one.
    refused = checkout(other, body={"expectedTotal": {"amount": "29.90", **EUR}})
    assert (refused.status, refused.error["code"]) == (409, "CONFLICT")
    expire(database, placed["orderId"])
    assert checkout(other, body={"expectedTotal": {"amount": "29.90", **EUR}}).status == 201


def test_a_customer_has_a_promotion_so_often_and_not_more(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token)
    promotion(database, "percent", "50", code="TWICE", max_uses_per_customer=2)

    def order(email: str) -> Any:
        cart = ready_cart(database, (small, 1))
        send_to(cart, email=email)
        enter(cart, "TWICE")
        return checkout(cart)

    assert [order(mail).status for mail in ("ada@example.com", "ADA@example.com", "bob@example.com")] == [201] * 3
    refused = order("Ada@Example.com")
    assert (refused.status, refused.error["message"]) == (
        409,
        "A promotion is used up. Check the cart before you order.",
    )


def test_a_gift_card_that_pays_it_all_confirms_the_order_at_once(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token, basePrice={"amount": "15.00", **EUR}, stock=1)
    card = gift_card(database, "20.00")
    cart = ready_cart(database, (small, 1))
    enter(cart, "GIFT-GIFT-GIFT-GIFT")

    placed = checkout(cart).data

    assert (placed["status"], placed["payment"], placed["payableUntil"]) == ("payment_confirmed", None, None)
    left = database.scalar(text("SELECT balance FROM gift_cards WHERE id = :id"), {"id": card})
    assert left == Decimal("0.10")
    assert stock(staff_token) == {"TEE-S": (0, 0, 0)}
    assert [e.type for e in recorded(database) if e.type.startswith("order")] == ["order.placed", "order.paid"]


def test_a_gift_card_is_spent_once(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token, basePrice={"amount": "15.00", **EUR})
    gift_card(database, "20.00")
    one, other = ready_cart(database, (small, 1)), ready_cart(database, (small, 1))
    enter(one, "GIFT-GIFT-GIFT-GIFT")
    shown = enter(other, "GIFT-GIFT-GIFT-GIFT").data
    assert shown["totals"]["due"]["amount"] == "0.00"

    assert checkout(one).data["totals"]["due"]["amount"] == "0.00"
    assert checkout(other).data["totals"]["due"]["amount"] == "19.80"


def test_with_stripe_down_the_order_stands_and_is_paid_later(
    database: Any, staff_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ravo.platform.settings import settings

    (small,) = goods(staff_token)
    cart, key = ready_cart(database, (small, 1)), str(uuid.uuid4())
    monkeypatch.setenv("STRIPE_API_BASE", "http://127.0.0.1:9")
    forget_settings()
    refused = checkout(cart, key)
    monkeypatch.undo()
    forget_settings()
    assert settings().stripe_api_base != "http://127.0.0.1:9"

    details = {detail["field"]: detail["message"] for detail in refused.error["details"]}
    assert (refused.status, refused.error["code"]) == (503, "UPSTREAM_UNAVAILABLE")
    assert refused.headers["retry-after"] == "5"
    order = admin_order(details["orderId"], staff_token)
    assert (order["status"], order["orderNumber"]) == ("pending_payment", details["orderNumber"])

    later = pay_again(details["orderId"])
    assert (later.status, later.data["payment"]["amount"]["amount"]) == (200, "54.90")
    assert checkout(cart, key).data["payment"]["intentId"] == later.data["payment"]["intentId"]
    assert pay_again(NOWHERE).status == 404


def test_a_customers_order_is_paid_by_that_customer(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token)
    ada = register("ada@example.com").data["accessToken"]
    bob = register("bob@example.com").data["accessToken"]
    placed = checkout(ready_cart(database, (small, 1), token=ada), token=ada).data

    assert [pay_again(placed["orderId"], token=who).status for who in (None, bob, ada)] == [404, 404, 200]


@pytest.mark.parametrize(("currency", "price", "total"), [("JPY", "3330", "3830"), ("KWD", "3.330", "3.830")])
def test_any_currency_is_ordered_in_its_own_decimals(
    database: Any, staff_token: str, currency: str, price: str, total: str
) -> None:
    (small,) = goods(staff_token, basePrice={"amount": price, "currency": currency})
    rate = shipping(database, price="500" if currency == "JPY" else "0.500", currency=currency)
    cart = ready_cart(database, (small, 1), rate=rate, currency=currency)

    placed = checkout(cart)

    assert (placed.status, placed.data["payment"]["amount"]["amount"]) == (201, total)


def test_what_no_card_can_pay_to_the_last_digit_is_refused_before_it_is_ordered(
    database: Any, staff_token: str
) -> None:
    (small,) = goods(staff_token, basePrice={"amount": "3.333", "currency": "KWD"})
    rate = shipping(database, price="0.500", currency="KWD")

    refused = checkout(ready_cart(database, (small, 1), rate=rate, currency="KWD"))

    assert refused.error["details"][0]["field"] == "totals.due"


def test_a_checkout_takes_a_fixed_number_of_statements(database: Any, staff_token: str, statements: list[str]) -> None:
    (small,) = goods(staff_token)
    rate = shipping(database)
    promotion(database, "percent", "10", code=None)
    statements.clear()

    cart = ready_cart(database, (small, 2), rate=rate)
    filled = len(statements)
    checkout(cart)
    placed = len(statements) - filled

    assert (filled, placed) == (8, 9)


def test_numbers_of_orders_tell_nothing(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token)
    rate = shipping(database)

    numbers = [checkout(ready_cart(database, (small, 1), rate=rate)).data["orderNumber"] for _ in range(5)]

    assert len(set(numbers)) == 5
    assert all(len(number) == 11 and number[5] == "-" for number in numbers)
    assert change({"id": uuid.uuid4()}, NOWHERE, 1).status == 404
