"""Taxes, as staff manage them and as prices then follow."""

from typing import Any

import pytest

from tests.sales.carts import add, goods, new_cart, send_to, sums
from tests.sales.carts import show as show_cart
from tests.sales.managing import TAX, all_of, change, made, make, remove, rows


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
