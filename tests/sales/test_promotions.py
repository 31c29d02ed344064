"""Promotions, as staff manage them and as carts then follow."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.catalog.shop import NOWHERE, category
from tests.sales.carts import add, enter, goods, new_cart, options, send_to, ship_by, sums
from tests.sales.carts import show as show_cart
from tests.sales.managing import EUR_5, SALE, USD_5, ZONE, all_of, change, made, make, offer, remove, rows, show


def test_a_promotion_is_made_changed_and_put_away_and_carts_follow(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token, basePrice={"amount": "20.00", "currency": "EUR"})
    cart = new_cart()
    add(cart, small)
    promotion = made(staff_token, "promotion", SALE)
    assert (promotion["code"], promotion["percent"], promotion["uses"]) == ("SUMMER", "15", 0)
    assert sums(enter(cart, "Summer").data)["discount"] == "3.00"

    changed = change(staff_token, "promotion", promotion["id"], percent="25.5", code="autumn", maxUses=100)

    assert (changed.status, changed.data["version"]) == (200, 2)
    assert (changed.data["code"], changed.data["percent"], changed.data["maxUses"]) == ("AUTUMN", "25.5", 100)
    assert changed.data["name"] == "Summer"
    assert sums(show_cart(cart).data)["discount"] == "5.10"
    assert show(staff_token, "promotion", promotion["id"]).data == changed.data
    assert remove(staff_token, "promotion", promotion["id"]).status == 204
    assert "discount" not in sums(show_cart(cart).data)
    assert show(staff_token, "promotion", promotion["id"]).status == 404
    assert remove(staff_token, "promotion", promotion["id"]).status == 404
    assert change(staff_token, "promotion", promotion["id"], 3, name="Back").status == 404
    assert made(staff_token, "promotion", SALE | {"code": "autumn"})["code"] == "AUTUMN"


@pytest.mark.parametrize(
    ("kind", "terms", "off"),
    [
        ("percent", {"percent": "12.5"}, "7.50"),
        ("fixed", {"amount": EUR_5}, "5.00"),
        ("buy_x_get_y", {"buyQuantity": 2, "getQuantity": 1}, "20.00"),
        ("percent", {"percent": "10", "minSubtotal": {"amount": "60.00", "currency": "EUR"}, "minQuantity": 3}, "6.00"),
    ],
)
def test_each_kind_takes_off_what_it_says(
    database: Any, staff_token: str, kind: str, terms: dict[str, Any], off: str
) -> None:
    (small,) = goods(staff_token, basePrice={"amount": "20.00", "currency": "EUR"})
    cart = new_cart()
    add(cart, small, 3)

    promotion = made(staff_token, "promotion", {"name": "Off", "kind": kind} | terms)

    assert {name: promotion[name] for name in terms} == terms
    assert promotion["code"] is None
    assert sums(show_cart(cart).data)["discount"] == off


def test_free_shipping_needs_nothing_more(database: Any, staff_token: str) -> None:
    offer(staff_token, made(staff_token, "shipping_zone", ZONE)["id"])
    (small,) = goods(staff_token, basePrice={"amount": "20.00", "currency": "EUR"})
    cart = new_cart()
    add(cart, small)
    send_to(cart)
    ship_by(cart, options(cart)[0]["id"])
    assert sums(show_cart(cart).data)["total"] == "24.90"

    promotion = made(staff_token, "promotion", {"name": "Free", "kind": "free_shipping"})

    assert (promotion["percent"], promotion["amount"]) == (None, None)
    assert sums(show_cart(cart).data)["total"] == "20.00"


def test_a_promotion_for_some_goods_is_for_no_others(database: Any, staff_token: str) -> None:
    women = category(staff_token, "Women")
    (small,) = goods(staff_token, basePrice={"amount": "20.00", "currency": "EUR"}, categoryIds=[women["id"]])
    (cap,) = goods(staff_token, "CAP", basePrice={"amount": "10.00", "currency": "EUR"})
    cart = new_cart()
    add(cart, small)
    product = add(cart, cap).data["lines"][1]["productId"]

    promotion = made(staff_token, "promotion", SALE | {"code": None, "categoryIds": [women["id"], women["id"]]})

    assert promotion["categoryIds"] == [women["id"]]
    assert sums(show_cart(cart).data)["discount"] == "3.00"
    changed = change(staff_token, "promotion", promotion["id"], categoryIds=[], productIds=[product])
    assert (changed.data["categoryIds"], changed.data["productIds"]) == ([], [product])
    assert sums(show_cart(cart).data)["discount"] == "1.50"
    unknown = change(staff_token, "promotion", promotion["id"], 2, productIds=[NOWHERE])
    assert unknown.status == 422
    assert make(staff_token, "promotion", SALE | {"code": "new", "categoryIds": [NOWHERE]}).status == 422
    assert show(staff_token, "promotion", promotion["id"]).data == changed.data


def test_promotions_are_listed_newest_first_and_found_by_code(database: Any, staff_token: str) -> None:
    for code in ("ONE", "TWO", "THREE"):
        made(staff_token, "promotion", SALE | {"code": code})

    listed = all_of(staff_token, "promotion", limit=2)

    assert [each["code"] for each in listed.data] == ["THREE", "TWO"]
    assert listed.json["pagination"]["total"] == 3
    assert [each["code"] for each in all_of(staff_token, "promotion", code="one").data] == ["ONE"]
    assert make(staff_token, "promotion", SALE | {"code": "one"}).status == 409
    assert change(staff_token, "promotion", listed.data[0]["id"], code="two").status == 409


def test_a_promotion_can_not_be_limited_below_its_uses(database: Any, staff_token: str) -> None:
    promotion = made(staff_token, "promotion", SALE | {"maxUses": 10})
    database.execute(text("UPDATE promotions SET uses = 5"))

    refused = change(staff_token, "promotion", promotion["id"], maxUses=4)

    assert (refused.status, refused.error["code"]) == (409, "CONFLICT")
    assert change(staff_token, "promotion", promotion["id"], maxUses=5).data["uses"] == 5


FIXED = {"name": "Off", "kind": "fixed", "amount": EUR_5}


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (SALE, {"percent": "0"}),
        (SALE, {"percent": "100.01"}),
        (SALE, {"percent": None}),
        (SALE, {"amount": EUR_5}),
        (SALE, {"kind": "half"}),
        (SALE, {"kind": "free_shipping"}),
        (SALE, {"code": "a b"}),
        (SALE, {"code": "x"}),
        (SALE, {"name": ""}),
        (SALE, {"maxUses": 0}),
        (SALE, {"startsAt": "2027-02-01T00:00:00Z", "endsAt": "2027-02-01T00:00:00Z"}),
        (SALE, {"startsAt": "2027-02-01T00:00:00"}),
        (SALE, {"value": "10"}),
        (FIXED, {"amount": {"amount": "0", "currency": "EUR"}}),
        (FIXED, {"amount": {"amount": "5.001", "currency": "EUR"}}),
        (FIXED, {"minSubtotal": USD_5}),
        (FIXED, {"buyQuantity": 1}),
        ({"name": "Off", "kind": "buy_x_get_y", "buyQuantity": 2}, {}),
        ({"name": "Off", "kind": "buy_x_get_y", "buyQuantity": 2, "getQuantity": 0}, {}),
    ],
)
def test_a_promotion_that_can_not_be_is_refused(
    database: Any, staff_token: str, body: dict[str, Any], wrong: dict[str, Any]
) -> None:
    reply = make(staff_token, "promotion", body | wrong)

    assert (reply.status, reply.error["code"]) == (422, "VALIDATION_ERROR")
    assert rows(database, "promotions") == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"percent": None},
        {"amount": EUR_5},
        {"endsAt": "2026-12-31T00:00:00Z"},
        {"buyQuantity": 1, "getQuantity": 1},
    ],
)
def test_a_change_is_checked_together_with_what_is_there(
    database: Any, staff_token: str, wrong: dict[str, Any]
) -> None:
    promotion = made(staff_token, "promotion", SALE | {"startsAt": "2027-01-01T00:00:00Z"})

    refused = change(staff_token, "promotion", promotion["id"], **wrong)

    assert (refused.status, refused.error["code"]) == (422, "VALIDATION_ERROR")
    assert refused.error["details"]
    assert show(staff_token, "promotion", promotion["id"]).data == promotion


def test_null_takes_a_condition_away_and_leaves_what_must_be_there(database: Any, staff_token: str) -> None:
    conditions = {"maxUses": 5, "minSubtotal": EUR_5, "startsAt": "2027-01-01T00:00:00Z"}
    promotion = made(staff_token, "promotion", SALE | conditions)

    changed = change(staff_token, "promotion", promotion["id"], **dict.fromkeys(conditions), code=None, name=None)

    assert changed.status == 200
    assert {name: changed.data[name] for name in conditions} == dict.fromkeys(conditions)
    assert (changed.data["code"], changed.data["name"]) == (None, "Summer")


def test_a_late_change_is_told_so_before_it_is_checked(database: Any, staff_token: str) -> None:
    promotion = made(staff_token, "promotion", SALE | {"startsAt": "2027-01-01T00:00:00Z"})
    change(staff_token, "promotion", promotion["id"], startsAt=None)

    late = change(staff_token, "promotion", promotion["id"], endsAt="2026-12-31T00:00:00Z")

    assert late.error["code"] == "VERSION_CONFLICT"
