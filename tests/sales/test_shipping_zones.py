"""Shipping zones and their rates, as staff manage them and as shoppers then choose."""

from typing import Any

import pytest

from tests.catalog.shop import NOWHERE
from tests.conftest import token_for
from tests.sales.carts import add, goods, new_cart, options, send_to, ship_by
from tests.sales.carts import show as show_cart
from tests.sales.managing import (
    ADMIN,
    RATE,
    USD_5,
    ZONE,
    all_of,
    change,
    change_offer,
    made,
    make,
    offer,
    remove,
    rows,
    show,
    withdraw,
)


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
        # What ISO 4217 calls no currency.
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


def test_a_late_change_of_a_rate_is_refused(database: Any, staff_token: str) -> None:
    rate = offer(staff_token, made(staff_token, "shipping_zone", ZONE)["id"]).data
    change_offer(staff_token, rate, name="Mine")

    assert change_offer(staff_token, rate, name="Late").error["code"] == "VERSION_CONFLICT"


def test_rates_are_for_those_who_may_change_prices(database: Any, staff_token: str) -> None:
    rate = offer(staff_token, made(staff_token, "shipping_zone", ZONE)["id"]).data
    for token, status in ((token_for("pricing:read"), 403), (None, 401)):
        assert offer(token, rate["zoneId"]).status == status
        assert change_offer(token, rate, name="x").status == status
        assert withdraw(token, rate).status == status
    assert RATE["name"] == show(staff_token, "shipping_zone", rate["zoneId"]).data["rates"][0]["name"]
