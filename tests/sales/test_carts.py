"""Carts: filled, priced, kept to whom they belong."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.catalog.shop import NOWHERE, category
from tests.gateway import call
from tests.identity.people import register
from tests.sales.carts import (
    ADDRESS,
    SALES,
    add,
    change,
    enter,
    goods,
    new_cart,
    options,
    remove,
    send_to,
    ship_by,
    show,
    sums,
    take_out,
)
from tests.sales.terms import gift_card, promotion, rate, shipping, tax, yesterday


def test_a_guest_fills_a_cart_and_sees_what_it_costs(database: Any, staff_token: str) -> None:
    (small, medium) = goods(staff_token, sizes=("S", "M"), basePrice={"amount": "20.00", "currency": "EUR"})
    cart = new_cart(body={"locale": "de"})
    assert (cart["status"], cart["currency"], cart["locale"], cart["lines"]) == ("open", "EUR", "de", [])

    add(cart, small, 2)
    add(cart, medium)
    reply = add(cart, small)

    assert reply.status == 200
    assert [(line["sku"], line["quantity"], line["amount"]["amount"]) for line in reply.data["lines"]] == [
        ("TEE-S", 3, "60.00"),
        ("TEE-M", 1, "20.00"),
    ]
    assert sums(reply.data) == {"subtotal": "80.00", "total": "80.00", "due": "80.00"}
    assert reply.data["version"] == 4
    assert show(cart).data == reply.data


def test_a_line_is_changed_and_taken_out(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token)
    cart = new_cart()
    line = add(cart, small).data["lines"][0]["id"]

    assert change(cart, line, 7).data["lines"][0]["quantity"] == 7
    assert change(cart, NOWHERE, 7).status == 404
    assert remove(cart, line).data["lines"] == []
    assert remove(cart, line).status == 200


@pytest.mark.parametrize("quantity", [0, -1, 100, 1_000_000, "many", "2", True, 1.5, None])
def test_a_quantity_that_can_not_be_changes_nothing(database: Any, staff_token: str, quantity: Any) -> None:
    (small,) = goods(staff_token)
    cart = new_cart()
    line = add(cart, small).data["lines"][0]["id"]

    assert add(cart, small, quantity).status == 422
    assert change(cart, line, quantity).status == 422
    assert show(cart).data["lines"][0]["quantity"] == 1


def test_a_line_holds_ninety_nine_pieces_and_a_cart_a_hundred_lines(database: Any, staff_token: str) -> None:
    many = goods(staff_token, sizes=tuple(str(n) for n in range(100)), stock=0)
    (one_more,) = goods(staff_token, "ONE", stock=0)
    cart = new_cart()
    add(cart, many[0], 99)

    assert (add(cart, many[0]).status, show(cart).data["lines"][0]["quantity"]) == (422, 99)
    for variant in many[1:]:
        assert add(cart, variant).status == 200
    assert add(cart, one_more).status == 422
    assert len(show(cart).data["lines"]) == 100


def test_what_is_not_sold_or_sold_in_another_money_stays_out(database: Any, staff_token: str) -> None:
    (dollars,) = goods(staff_token, "USD", basePrice={"amount": "20.00", "currency": "USD"})
    (small,) = goods(staff_token)
    database.execute(text("UPDATE product_variants SET is_active = false WHERE sku = 'TEE-S'"))
    cart = new_cart()

    assert add(cart, NOWHERE).error["message"] == "This product is not for sale. Choose another one."
    assert add(cart, small).error["message"] == "This product is not for sale. Choose another one."
    assert (
        add(cart, dollars).error["message"] == "The cart is in another currency. Use a separate cart for each currency."
    )
    assert add(new_cart(body={"currency": "USD"}), dollars).status == 200
    assert show(cart).data["lines"] == []


def test_a_price_that_changed_is_told_and_used(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token, basePrice={"amount": "20.00", "currency": "EUR"})
    cart = new_cart()
    line = add(cart, small).data["lines"][0]["id"]
    database.execute(text("UPDATE products SET base_price = 25 WHERE sku = 'TEE'"))

    (shown,) = show(cart).data["lines"]
    assert (shown["unitPrice"]["amount"], shown["previousPrice"]["amount"]) == ("25.00", "20.00")
    assert sums(show(cart).data)["total"] == "25.00"
    assert change(cart, line, 1).data["lines"][0]["previousPrice"] is None


def test_what_is_no_longer_sold_stands_in_the_cart_and_costs_nothing(database: Any, staff_token: str) -> None:
    (small, medium) = goods(staff_token, sizes=("S", "M"), stock=3)
    cart = new_cart()
    add(cart, small)
    add(cart, medium, 4)
    database.execute(text("UPDATE product_variants SET available = 3"))
    database.execute(text("UPDATE product_variants SET deleted_at = now() WHERE sku = 'TEE-S'"))

    shown = show(cart).data

    assert [(line["sku"], line["availability"]) for line in shown["lines"]] == [
        (None, "not_sold"),
        ("TEE-M", "insufficient"),
    ]
    assert sums(shown)["total"] == "200.00"


def test_taxes_follow_the_address(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token, basePrice={"amount": "119.00", "currency": "EUR"})
    tax(database, "DE", "0.19")
    tax(database, "US", "0.06", included=False)
    tax(database, "US", "0.0825", included=False, region="CA")
    cart = new_cart()
    assert sums(add(cart, small).data) == {"subtotal": "119.00", "total": "119.00", "due": "119.00"}

    german = send_to(cart).data
    assert sums(german) == {"subtotal": "100.00", "tax": "19.00", "total": "119.00", "due": "119.00"}
    assert german["totals"]["taxIncluded"] is True
    assert sums(send_to(cart, country="US", region="ny").data)["tax"] == "7.14"
    californian = send_to(cart, country="US", region="CA", postalCode="94601").data
    assert sums(californian) == {"subtotal": "119.00", "tax": "9.82", "total": "128.82", "due": "128.82"}
    assert californian["totals"]["taxIncluded"] is False
    assert "tax" not in sums(send_to(cart, country="FR").data)


@pytest.mark.parametrize(
    "wrong", [{"country": ""}, {"country": "XX"}, {"country": "de"}, {"line1": " "}, {"more": "x"}]
)
def test_an_address_that_can_not_be_changes_nothing(database: Any, wrong: dict[str, str]) -> None:
    cart = new_cart()

    assert send_to(cart, **wrong).status == 422
    assert show(cart).data["shippingAddress"] is None


def test_an_address_is_checked_by_its_country_and_told_by_its_part(database: Any) -> None:
    cart = new_cart()
    body = {"shippingAddress": ADDRESS | {"postalCode": "1"}, "billingAddress": ADDRESS | {"country": "US"}}
    path = f"{SALES}/carts/{cart['id']}/address"

    refused = call("sales/store/set_cart_address", "PUT", path, body=body)

    assert refused.status == 422
    assert refused.error["details"] == [
        {"field": "shippingAddress.postalCode", "message": "is no postal code of DE, which look like 26133"},
        {"field": "billingAddress.region", "message": "is needed in US"},
    ]
    assert show(cart).data["shippingAddress"] is None


def test_a_cart_is_sent_by_zone_and_weight(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token, basePrice={"amount": "30.00", "currency": "EUR"})
    database.execute(text("UPDATE product_variants SET weight_grams = 400"))
    light = shipping(database, "DE", "AT", name="Parcel", price="4.90", max_weight_grams=1000, free_from=50)
    zone = database.scalar(text("SELECT zone_id FROM shipping_rates"))
    heavy = rate(database, zone, name="Heavy", price="12.00", min_weight_grams=1001)
    shipping(database, "US-CA", name="California", price="20.00")
    abroad = shipping(database, "*", name="World", price="25.00")
    cart = new_cart()
    add(cart, small)
    assert options(cart) == []

    send_to(cart)
    assert [(o["id"], o["price"]["amount"]) for o in options(cart)] == [(light, "4.90")]
    assert [ship_by(cart, other).status for other in (abroad, heavy, NOWHERE)] == [422, 422, 422]
    assert show(cart).data["shipping"] is None
    chosen = ship_by(cart, light).data
    assert (chosen["shipping"]["name"], sums(chosen)["total"]) == ("Parcel", "34.90")

    assert sums(add(cart, small).data)["total"] == "60.00"
    assert options(cart)[0]["price"]["amount"] == "0.00"
    # Too heavy now: the choice is none any more.
    assert add(cart, small).data["shipping"] is None
    assert [o["id"] for o in options(cart)] == [heavy]
    send_to(cart, country="US", region="CA", postalCode="94601")
    assert [o["name"] for o in options(cart)] == ["California"]
    send_to(cart, country="US", region="NY")
    assert [o["name"] for o in options(cart)] == ["World"]


def test_codes_and_automatic_promotions_take_off(database: Any, staff_token: str) -> None:
    women = category(staff_token, "Women")
    tops = category(staff_token, "Tops", parent=women)
    (small,) = goods(staff_token, basePrice={"amount": "100.00", "currency": "EUR"}, categoryIds=[tops["id"]])
    automatic = promotion(database, "percent", "10", categories=(women["id"],))
    promotion(database, "percent", "50", code="OTHER", products=())
    coded = promotion(database, "fixed", "5", currency="EUR", code="FIVE", priority=1)
    promotion(database, "percent", "90", ends_at=yesterday())
    promotion(database, "percent", "90", is_active=False)
    cart = new_cart()
    assert [d["promotionId"] for d in add(cart, small).data["discounts"]] == [automatic]

    entered = enter(cart, "five")
    assert [(d["promotionId"], d["saved"]["amount"]) for d in entered.data["discounts"]] == [
        (automatic, "10.00"),
        (coded, "5.00"),
    ]
    assert sums(entered.data) == {"subtotal": "100.00", "discount": "15.00", "total": "85.00", "due": "85.00"}
    assert enter(cart, "FIVE").data["discounts"] == entered.data["discounts"]
    assert sums(take_out(cart, coded).data)["total"] == "90.00"


def test_what_is_about_other_goods_takes_nothing_off(database: Any, staff_token: str) -> None:
    tops, bottoms = category(staff_token, "Tops"), category(staff_token, "Bottoms")
    (top,) = goods(staff_token, basePrice={"amount": "100.00", "currency": "EUR"}, categoryIds=[tops["id"]])
    (other,) = goods(
        staff_token, "SHORTS", basePrice={"amount": "10.00", "currency": "EUR"}, categoryIds=[bottoms["id"]]
    )
    product = database.scalar(text("SELECT product_id FROM product_variants WHERE id = :id"), {"id": other})
    promotion(database, "percent", "10", products=(str(product),))
    promotion(database, "percent", "20", categories=(bottoms["id"],), priority=1)
    coded = promotion(
        database, "percent", "50", code="SHORTS", products=(str(product),), categories=(bottoms["id"],), priority=2
    )
    cart = new_cart()
    add(cart, top)

    alone = enter(cart, "SHORTS").data
    assert (alone["discounts"], sums(alone)["total"]) == ([], "100.00")
    assert alone["unusedCodes"] == [{"promotionId": coded, "code": "SHORTS", "reason": "conditions_not_met"}]
    both = add(cart, other).data
    assert [each["saved"]["amount"] for each in both["discounts"]] == ["1.00", "1.80", "3.60"]
    assert (sums(both)["total"], both["unusedCodes"]) == ("103.60", [])


def test_a_code_that_is_unknown_over_or_used_up_is_refused_alike(database: Any, staff_token: str) -> None:
    promotion(database, code="OVER", ends_at=yesterday())
    promotion(database, code="GONE", max_uses=1, uses=1)
    promotion(database, code="OFF", is_active=False)
    gift_card(database, code="DOLL-DOLL-DOLL-DOLL", currency="USD")
    cart = new_cart()

    answers = [enter(cart, code).error for code in ("NEVER", "OVER", "GONE", "OFF", "DOLL-DOLL-DOLL-DOLL")]

    assert {(error["code"], error["message"]) for error in answers} == {
        ("NOT_FOUND", "This code is unknown or has expired. Check it and try again.")
    }


def test_a_code_whose_time_ends_or_whose_conditions_are_not_met_says_so(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token)
    over = promotion(database, code="SOON")
    promotion(database, code="MANY", min_quantity=3, stackable=True)
    cart = new_cart()
    add(cart, small)
    enter(cart, "SOON")
    enter(cart, "MANY")
    database.execute(text("UPDATE promotions SET ends_at = now() - interval '1 second' WHERE id = :id"), {"id": over})

    shown = show(cart).data

    assert {(code["code"], code["reason"]) for code in shown["unusedCodes"]} == {
        ("SOON", "not_valid"),
        ("MANY", "conditions_not_met"),
    }
    assert shown["discounts"] == []


def test_a_gift_card_pays_what_it_can(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token, basePrice={"amount": "15.00", "currency": "EUR"})
    card = gift_card(database, "20.00", code="AAAA-BBBB-CCCC-DDDD")
    cart = new_cart()
    add(cart, small)

    entered = enter(cart, "aaaabbbbccccdddd").data
    assert [(c["id"], c["lastCharacters"], c["amount"]["amount"]) for c in entered["giftCards"]] == [
        (card, "DDDD", "15.00")
    ]
    assert sums(entered) == {"subtotal": "15.00", "total": "15.00", "giftCards": "15.00"}
    assert sums(add(cart, small).data)["due"] == "10.00"
    assert sums(take_out(cart, card).data)["due"] == "30.00"


def test_codes_can_not_be_guessed_at_will(database: Any) -> None:
    cart = new_cart()

    tries = [enter(cart, f"GUESS-{number}", address="198.51.100.9").status for number in range(21)]

    assert tries == [404] * 20 + [429]


def test_a_customers_cart_is_nobody_elses(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token)
    ada = register("ada@example.com").data["accessToken"]
    bob = register("bob@example.com").data["accessToken"]
    cart = new_cart(token=ada)
    assert (cart["email"], new_cart(token=ada)["id"]) == ("ada@example.com", cart["id"])

    for other in (None, bob):
        assert show(cart, token=other).status == 404
        assert add(cart, small, token=other).status == 404
    assert add(cart, small, token=ada).status == 200
    assert show({"id": NOWHERE}).status == 404


def merge(cart: Any, token: str | None) -> Any:
    return call("sales/account/merge_cart", "POST", f"{SALES}/carts/{cart['id']}/merge", token=token)


def test_at_sign_in_the_guests_cart_becomes_the_customers(database: Any, staff_token: str) -> None:
    (small, medium) = goods(staff_token, sizes=("S", "M"))
    promotion(database, code="FIVE")
    ada = register().data["accessToken"]
    guests = new_cart()
    add(guests, small, 2)
    enter(guests, "FIVE")

    taken = merge(guests, ada).data
    assert (taken["id"], taken["email"], len(taken["lines"])) == (guests["id"], "ada@example.com", 1)
    assert show(guests).status == 404

    second = new_cart()
    add(second, small, 98)
    add(second, medium)
    merged = merge(second, ada).data
    assert [(line["sku"], line["quantity"]) for line in merged["lines"]] == [("TEE-S", 99), ("TEE-M", 1)]
    assert merged["id"] == guests["id"]
    assert [d["code"] for d in merged["discounts"]] == ["FIVE"]
    assert merge(second, ada).data["id"] == guests["id"]
    assert add(second, small).error["message"] == "This cart was ordered or merged into another one. Start a new cart."


def test_a_change_of_a_cart_takes_a_fixed_number_of_statements(
    database: Any, staff_token: str, statements: list[str]
) -> None:
    many = goods(staff_token, sizes=tuple(str(n) for n in range(30)))
    for number in range(20):
        promotion(database, "percent", "1", code=None, priority=number)
    cart = new_cart()
    for variant in many[:-1]:
        add(cart, variant)
    statements.clear()

    add(cart, many[-1])
    added = len(statements)
    show(cart)

    assert (added, len(statements) - added) == (3, 2)
