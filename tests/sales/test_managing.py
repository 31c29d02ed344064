"""Taxes, shipping, promotions and gift cards, as staff manage them and as shoppers then see them."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from ravo.platform.time import now
from ravo.sales.codes import hash_of
from tests.catalog.shop import NOWHERE, category
from tests.conftest import token_for
from tests.gateway import call
from tests.sales.carts import add, enter, goods, new_cart, options, send_to, ship_by, sums
from tests.sales.carts import show as show_cart
from tests.sales.managing import (
    ADMIN,
    CARD,
    RATE,
    SALE,
    TAX,
    ZONE,
    all_of,
    change,
    change_offer,
    made,
    make,
    offer,
    remove,
    show,
    withdraw,
)

MADE: dict[str, Any] = {"tax_rate": TAX, "shipping_zone": ZONE, "promotion": SALE, "gift_card": CARD}
EUR_5 = {"amount": "5.00", "currency": "EUR"}
USD_5 = {"amount": "5.00", "currency": "USD"}


def rows(database: Any, table: str) -> int:
    return database.scalar(text(f"SELECT count(*) FROM {table}"))


# Taxes


def test_a_tax_is_made_changed_and_deleted_and_prices_follow(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token, basePrice={"amount": "11.90", "currency": "EUR"})
    cart = new_cart()
    add(cart, small)
    rate = made(staff_token, "tax_rate", TAX)
    assert {key: rate[key] for key in ("country", "region", "taxClass", "name", "percent", "pricesInclude")} == {
        "country": "DE",
        "region": "",
        "taxClass": "standard",
        "name": "VAT",
        "percent": "19",
        "pricesInclude": True,
    }
    assert sums(send_to(cart).data)["tax"] == "1.90"

    changed = change(staff_token, "tax_rate", rate["id"], percent="7.25", name="Reduced")

    assert (changed.status, changed.data["percent"], changed.data["name"], changed.data["version"]) == (
        200,
        "7.25",
        "Reduced",
        2,
    )
    assert sums(show_cart(cart).data)["tax"] == "0.80"
    assert remove(staff_token, "tax_rate", rate["id"]).status == 204
    assert "tax" not in sums(show_cart(cart).data)
    assert remove(staff_token, "tax_rate", rate["id"]).status == 404


def test_taxes_are_listed_by_place_and_by_country(database: Any, staff_token: str) -> None:
    for place in ({"country": "US", "region": "ny"}, {"country": "US", "region": "CA"}, {"country": "FR"}):
        made(staff_token, "tax_rate", TAX | place)
    made(staff_token, "tax_rate", TAX | {"country": "FR", "taxClass": "books", "percent": 5.5})

    listed = all_of(staff_token, "tax_rate", limit=3)

    assert [(rate["country"], rate["region"], rate["taxClass"], rate["percent"]) for rate in listed.data] == [
        ("FR", "", "books", "5.5"),
        ("FR", "", "standard", "19"),
        ("US", "CA", "standard", "19"),
    ]
    assert listed.json["pagination"]["total"] == 4
    american = all_of(staff_token, "tax_rate", country="US")
    assert [rate["region"] for rate in american.data] == ["CA", "NY"]
    assert all_of(staff_token, "tax_rate", country="XX").status == 422


def test_a_place_has_one_tax_for_a_class_of_goods(database: Any, staff_token: str) -> None:
    made(staff_token, "tax_rate", TAX)

    again = make(staff_token, "tax_rate", TAX | {"percent": "7"})

    assert (again.status, again.error["code"]) == (409, "CONFLICT")
    assert made(staff_token, "tax_rate", TAX | {"taxClass": "books"})["taxClass"] == "books"


@pytest.mark.parametrize(
    "wrong",
    [
        {"percent": "-1"},
        {"percent": "100.1"},
        {"percent": "1.23456"},
        {"percent": "NaN"},
        {"percent": None},
        {"country": "XX"},
        {"country": "de"},
        {"country": "*"},
        {"region": "much too long"},
        {"name": ""},
        {"taxClass": ""},
        {"rate": "0.19"},
    ],
)
def test_a_tax_that_can_not_be_is_refused(database: Any, staff_token: str, wrong: dict[str, Any]) -> None:
    assert make(staff_token, "tax_rate", TAX | wrong).status == 422
    assert rows(database, "tax_rates") == 0


# Shipping


def test_a_zone_with_its_rates_is_what_shoppers_choose_from(database: Any, staff_token: str) -> None:
    zone = made(staff_token, "shipping_zone", ZONE | {"places": [{"country": "DE"}, {"country": "AT"}]})
    assert (zone["places"], zone["rates"]) == (
        [{"country": "AT", "region": ""}, {"country": "DE", "region": ""}],
        [],
    )
    standard = offer(staff_token, zone["id"], freeFrom={"amount": "80.00", "currency": "EUR"})
    express = offer(staff_token, zone["id"], name="Express", price={"amount": "9.90", "currency": "EUR"}, position=1)
    assert standard.headers["location"] == f"{ADMIN}/shipping-zones/{zone['id']}/rates/{standard.data['id']}"
    (small,) = goods(staff_token)
    cart = new_cart()
    add(cart, small)
    send_to(cart)

    assert [(way["name"], way["price"]["amount"]) for way in options(cart)] == [
        ("Standard", "4.90"),
        ("Express", "9.90"),
    ]

    assert show(staff_token, "shipping_zone", zone["id"]).data["rates"] == [standard.data, express.data]
    assert change(staff_token, "shipping_zone", zone["id"], isActive=False).data["rates"] == [
        standard.data,
        express.data,
    ]
    assert options(cart) == []


def test_a_rate_is_changed_and_deleted_and_carts_choose_anew(database: Any, staff_token: str) -> None:
    zone = made(staff_token, "shipping_zone", ZONE)
    rate = offer(staff_token, zone["id"], freeFrom={"amount": "80.00", "currency": "EUR"}, maxWeightGrams=5000).data
    (small,) = goods(staff_token)
    cart = new_cart()
    add(cart, small)
    send_to(cart)
    ship_by(cart, rate["id"])

    changed = change_offer(
        staff_token, rate, price={"amount": "5.90", "currency": "EUR"}, freeFrom=None, maxWeightGrams=None
    )

    assert (changed.status, changed.data["version"]) == (200, 2)
    assert (changed.data["price"], changed.data["freeFrom"]) == ({"amount": "5.90", "currency": "EUR"}, None)
    assert (changed.data["maxWeightGrams"], changed.data["name"]) == (None, "Standard")
    assert show_cart(cart).data["shipping"]["price"]["amount"] == "5.90"
    assert withdraw(staff_token, rate).status == 204
    assert show_cart(cart).data["shipping"] is None
    assert withdraw(staff_token, rate).status == 404
    assert show(staff_token, "shipping_zone", zone["id"]).data["rates"] == []


def test_a_place_belongs_to_one_zone_and_a_name_too(database: Any, staff_token: str) -> None:
    made(staff_token, "shipping_zone", ZONE | {"places": [{"country": "DE"}, {"country": "US", "region": "ca"}]})
    other = made(staff_token, "shipping_zone", {"name": "Rest", "places": [{"country": "*"}, {"country": "US"}]})

    for taken in ([{"country": "DE"}], [{"country": "FR"}, {"country": "US", "region": "CA"}], [{"country": "*"}]):
        with database.begin_nested():
            reply = make(staff_token, "shipping_zone", {"name": "Third", "places": taken})
        assert (reply.status, reply.error["code"]) == (409, "CONFLICT")
    assert make(staff_token, "shipping_zone", {"name": "Rest", "places": [{"country": "FR"}]}).status == 409
    assert change(staff_token, "shipping_zone", other["id"], name="Germany").status == 409
    assert change(staff_token, "shipping_zone", other["id"], places=[{"country": "DE"}]).status == 409

    assert show(staff_token, "shipping_zone", other["id"]).data == other
    moved = change(staff_token, "shipping_zone", other["id"], places=[{"country": "*"}], name="World")
    assert (moved.data["places"], moved.data["name"]) == ([{"country": "*", "region": ""}], "World")


def test_a_zone_goes_with_its_rates(database: Any, staff_token: str) -> None:
    zone = made(staff_token, "shipping_zone", ZONE)
    offer(staff_token, zone["id"])

    assert remove(staff_token, "shipping_zone", zone["id"]).status == 204

    assert (rows(database, "shipping_rates"), rows(database, "shipping_zone_regions")) == (0, 0)
    assert show(staff_token, "shipping_zone", zone["id"]).status == 404
    assert remove(staff_token, "shipping_zone", zone["id"]).status == 404
    assert made(staff_token, "shipping_zone", ZONE)


def test_zones_are_listed_in_four_statements(database: Any, staff_token: str, statements: list[str]) -> None:
    for country in ("FR", "AT", "NL"):
        zone = made(staff_token, "shipping_zone", {"name": f"To {country}", "places": [{"country": country}]})
        offer(staff_token, zone["id"])
    statements.clear()

    listed = all_of(staff_token, "shipping_zone", limit=2)

    assert [(zone["name"], len(zone["rates"])) for zone in listed.data] == [("To AT", 1), ("To FR", 1)]
    assert listed.json["pagination"]["total"] == 3
    assert len(statements) == 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"places": []},
        {"places": [{"country": "XX"}]},
        {"places": [{"country": "*", "region": "CA"}]},
        {"places": [{"country": "DE"}, {"country": "DE"}]},
        {"places": None},
        {"rates": []},
    ],
)
def test_a_zone_that_can_not_be_is_refused(database: Any, staff_token: str, wrong: dict[str, Any]) -> None:
    assert make(staff_token, "shipping_zone", ZONE | wrong).status == 422
    assert rows(database, "shipping_zones") == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": {"amount": "-1", "currency": "EUR"}},
        {"price": {"amount": "4.905", "currency": "EUR"}},
        {"price": {"amount": "4.90", "currency": "XXX"}},
        {"freeFrom": USD_5},
        {"minDays": 5},
        {"maxDays": -1},
        {"minWeightGrams": 10, "maxWeightGrams": 9},
        {"name": ""},
    ],
)
def test_a_rate_that_can_not_be_is_refused_at_first_and_as_a_change(
    database: Any, staff_token: str, wrong: dict[str, Any]
) -> None:
    zone = made(staff_token, "shipping_zone", ZONE)
    rate = offer(staff_token, zone["id"]).data

    assert offer(staff_token, zone["id"], **wrong).status == 422
    refused = change_offer(staff_token, rate, **wrong)

    assert (refused.status, refused.error["code"]) == (422, "VALIDATION_ERROR")
    assert refused.error["details"]
    assert show(staff_token, "shipping_zone", zone["id"]).data["rates"] == [rate]


def test_a_rate_belongs_to_its_zone_alone(database: Any, staff_token: str) -> None:
    rate = offer(staff_token, made(staff_token, "shipping_zone", ZONE)["id"]).data
    other = made(staff_token, "shipping_zone", {"name": "Rest", "places": [{"country": "*"}]})
    misplaced = rate | {"zoneId": other["id"]}

    assert change_offer(staff_token, misplaced, name="Mine").status == 404
    assert withdraw(staff_token, misplaced).status == 404
    assert offer(staff_token, NOWHERE).status == 404
    assert rows(database, "shipping_rates") == 1


# Promotions


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


# Gift cards


def test_a_gift_card_shows_its_code_once_and_pays(database: Any, staff_token: str) -> None:
    until = (now() + timedelta(days=365)).isoformat()
    card = made(staff_token, "gift_card", CARD | {"expiresAt": until, "note": "Raffle"})

    code = card.pop("code")

    assert len(code) == 19
    assert card["lastCharacters"] == code[-4:]
    assert (card["balance"], card["note"], card["isActive"]) == (CARD["amount"], "Raffle", True)
    assert database.scalar(text("SELECT code_hash FROM gift_cards")) == hash_of(code)
    assert code not in str(database.execute(text("SELECT * FROM gift_cards")).one())
    shown = show(staff_token, "gift_card", card["id"]).data
    entries = shown.pop("entries")
    assert shown == card
    assert [(entry["delta"], entry["reason"], entry["orderId"]) for entry in entries] == [
        (CARD["amount"], "issued", None)
    ]
    assert entries[0]["actorId"]
    assert code not in json.dumps(all_of(staff_token, "gift_card").json)
    (small,) = goods(staff_token, basePrice={"amount": "20.00", "currency": "EUR"})
    cart = new_cart()
    add(cart, small)
    assert "due" not in sums(enter(cart, code.lower()).data)


def test_a_gift_card_that_is_switched_off_pays_nothing_and_keeps_its_balance(database: Any, staff_token: str) -> None:
    card = made(staff_token, "gift_card", CARD)
    (small,) = goods(staff_token, basePrice={"amount": "20.00", "currency": "EUR"})
    cart = new_cart()
    add(cart, small)
    enter(cart, card["code"])

    off = change(staff_token, "gift_card", card["id"], isActive=False, note="Lost")

    assert (off.status, off.data["isActive"], off.data["balance"], off.data["version"]) == (
        200,
        False,
        CARD["amount"],
        2,
    )
    assert "code" not in off.data
    assert sums(show_cart(cart).data)["due"] == "20.00"
    assert change(staff_token, "gift_card", card["id"], 2, isActive=True, expiresAt=None).data["isActive"] is True
    assert "due" not in sums(show_cart(cart).data)


def test_issuing_twice_under_one_key_is_one_card_whose_code_is_told_again(database: Any, staff_token: str) -> None:
    first, second, third = (
        call(
            "sales/admin/issue_gift_card",
            "POST",
            f"{ADMIN}/gift-cards",
            body=CARD,
            token=staff_token,
            headers={"idempotency-key": key},
        )
        for key in ("the-same-key", "the-same-key", "another-key")
    )

    assert second.data == first.data
    assert third.data["code"] != first.data["code"]
    listed = all_of(staff_token, "gift_card")
    assert [card["id"] for card in listed.data] == [third.data["id"], first.data["id"]]


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": {"amount": "0", "currency": "EUR"}},
        {"amount": {"amount": "-5", "currency": "EUR"}},
        {"amount": {"amount": "5.001", "currency": "EUR"}},
        {"amount": {"amount": "5", "currency": "XXX"}},
        {"expiresAt": "2020-01-01T00:00:00Z"},
        {"expiresAt": "2030-01-01"},
        {"note": "x" * 501},
        {"code": "MY-OWN-CODE"},
    ],
)
def test_a_gift_card_that_can_not_be_is_refused(database: Any, staff_token: str, wrong: dict[str, Any]) -> None:
    assert make(staff_token, "gift_card", CARD | wrong).status == 422
    assert (rows(database, "gift_cards"), rows(database, "gift_card_entries")) == (0, 0)


# All of them


@pytest.mark.parametrize("kind", MADE)
def test_a_change_of_what_someone_else_changed_meanwhile_is_refused(database: Any, staff_token: str, kind: str) -> None:
    thing = made(staff_token, kind, MADE[kind])
    field = {"note": "Mine"} if kind == "gift_card" else {"name": "Mine"}
    change(staff_token, kind, thing["id"], **field)

    late = change(staff_token, kind, thing["id"], **dict.fromkeys(field, "Late"))

    assert (late.status, late.error["code"]) == (409, "VERSION_CONFLICT")
    assert all_of(staff_token, kind).data[0] | field == all_of(staff_token, kind).data[0]


def test_a_late_change_of_a_rate_is_refused(database: Any, staff_token: str) -> None:
    rate = offer(staff_token, made(staff_token, "shipping_zone", ZONE)["id"]).data
    change_offer(staff_token, rate, name="Mine")

    assert change_offer(staff_token, rate, name="Late").error["code"] == "VERSION_CONFLICT"


def test_a_late_change_is_told_so_before_it_is_checked(database: Any, staff_token: str) -> None:
    promotion = made(staff_token, "promotion", SALE | {"startsAt": "2027-01-01T00:00:00Z"})
    change(staff_token, "promotion", promotion["id"], startsAt=None)

    late = change(staff_token, "promotion", promotion["id"], endsAt="2026-12-31T00:00:00Z")

    assert late.error["code"] == "VERSION_CONFLICT"


@pytest.mark.parametrize("kind", MADE)
def test_what_there_is_not_is_not_found(database: Any, staff_token: str, kind: str) -> None:
    field = {"note": "x"} if kind == "gift_card" else {"name": "x"}
    assert change(staff_token, kind, NOWHERE, **field).status == 404
    if kind != "tax_rate":
        assert show(staff_token, kind, NOWHERE).status == 404
    if kind != "gift_card":
        assert remove(staff_token, kind, NOWHERE).status == 404


@pytest.mark.parametrize("kind", MADE)
def test_who_may_look_may_not_change_and_a_customer_may_neither(database: Any, staff_token: str, kind: str) -> None:
    thing = made(staff_token, kind, MADE[kind])
    looking, nobody = token_for("pricing:read"), token_for("products:write", "orders:write")

    assert all_of(looking, kind).status == 200
    assert make(looking, kind, MADE[kind]).status == 403
    assert change(looking, kind, thing["id"], isActive=False).status == 403
    assert all_of(nobody, kind).status == 403
    assert all_of(None, kind).status == 401
    assert make(None, kind, MADE[kind]).status == 401
    if kind != "gift_card":
        assert remove(looking, kind, thing["id"]).status == 403
    assert all_of(staff_token, kind).json["pagination"]["total"] == 1


def test_rates_are_for_those_who_may_change_prices(database: Any, staff_token: str) -> None:
    rate = offer(staff_token, made(staff_token, "shipping_zone", ZONE)["id"]).data
    for token, status in ((token_for("pricing:read"), 403), (None, 401)):
        assert offer(token, rate["zoneId"]).status == status
        assert change_offer(token, rate, name="x").status == status
        assert withdraw(token, rate).status == status
    assert RATE["name"] == show(staff_token, "shipping_zone", rate["zoneId"]).data["rates"][0]["name"]
