"""What a promotion is for: all goods, those that it names, and none once all that it named are gone."""

from typing import Any

from tests.catalog.shop import ADMIN as CATALOGUE
from tests.catalog.shop import category
from tests.gateway import call
from tests.sales.carts import add, goods, new_cart
from tests.sales.managing import SALE, change, made

AUTOMATIC = {**SALE, "code": None}


def saved(variant: str) -> list[str]:
    """What a new cart with one piece is taken off."""
    return [each["saved"]["amount"] for each in add(new_cart(), variant).data["discounts"]]


def test_a_promotion_whose_last_category_is_deleted_is_for_nothing(database: Any, staff_token: str) -> None:
    (top,) = goods(staff_token, basePrice={"amount": "100.00", "currency": "EUR"})
    empty = category(staff_token, "Yoga")
    sale = made(staff_token, "promotion", {**AUTOMATIC, "categoryIds": [empty["id"]]})
    path = f"{CATALOGUE}/categories/{empty['id']}"
    assert call("catalog/admin/delete_category", "DELETE", path, token=staff_token).status == 204

    assert saved(top) == []
    # To change something else about it does not change that.
    renamed = change(staff_token, "promotion", sale["id"], name="Winter").data
    assert (renamed["forAllGoods"], renamed["categoryIds"], saved(top)) == (False, [], [])


def test_staff_make_it_be_for_all_goods_and_for_some(database: Any, staff_token: str) -> None:
    (top,) = goods(staff_token, basePrice={"amount": "100.00", "currency": "EUR"})
    other = category(staff_token, "Yoga")
    sale = made(staff_token, "promotion", AUTOMATIC)
    assert (sale["forAllGoods"], saved(top)) == (True, ["15.00"])

    some = change(staff_token, "promotion", sale["id"], categoryIds=[other["id"]]).data
    assert (some["forAllGoods"], saved(top)) == (False, [])

    for_all = change(staff_token, "promotion", sale["id"], some["version"], categoryIds=[]).data
    assert (for_all["forAllGoods"], saved(top)) == (True, ["15.00"])
