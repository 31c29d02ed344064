"""How many products a list holds, as it says itself."""

from datetime import timedelta
from typing import Any

import pytest

from bench import goods
from ravo.platform.cache import Group, drop
from ravo.platform.time import now
from tests.catalog.shop import ADMIN, change, create, listed, publish, sell
from tests.gateway import call


def total(**query: Any) -> int:
    """What a list says it holds in all, as the shop is now."""
    drop(Group.PRODUCTS)
    return listed(**query)["pagination"]["total"]


def test_the_number_follows_what_comes_and_goes(database: Any, staff_token: str) -> None:
    seen = [total()]

    def note() -> None:
        assert total() == total(facets="true")
        seen.append(total())

    create(staff_token, "DRAFT", "Draft")
    note()
    cap = sell(staff_token, "CAP", "Cap")
    note()
    sell(staff_token, "SCARF", "Scarf")
    note()
    cap = change(staff_token, cap, visibility="search").data
    note()
    cap = change(staff_token, cap, visibility="visible", name="Hat").data
    note()
    call("catalog/admin/unpublish_product", "POST", f"{ADMIN}/products/{cap['id']}/unpublish", token=staff_token)
    note()
    publish(staff_token, cap["id"])
    note()
    call("catalog/admin/delete_product", "DELETE", f"{ADMIN}/products/{cap['id']}", token=staff_token)
    note()

    assert seen == [0, 0, 1, 2, 1, 2, 1, 2, 1]


def test_what_is_not_yet_due_is_not_in_the_number(database: Any, staff_token: str) -> None:
    sell(staff_token, "CAP", "Cap")
    later = create(staff_token, "HAT", "Hat")

    publish(staff_token, later["id"], publishedAt=(now() + timedelta(hours=1)).isoformat())

    assert (total(), total(facets="true")) == (1, 1)


FILTERS = [
    {},
    {"category": "women"},
    {"category": "women", "subcategory": "hoodie"},
    {"category": "women/tank"},
    {"sizes": "S,M"},
    {"colors": "Ink"},
    {"features": "Lined,Pockets"},
    {"colors": "Ink,Plum", "sizes": "L", "inStock": "true", "maxPrice": "100"},
    {"category": "nowhere"},
    {"sizes": "XXL", "colors": "Ink"},
]


@pytest.mark.parametrize("query", FILTERS, ids=str)
def test_a_list_is_counted_as_its_facets_count_it_and_holds_as_many(database: Any, query: dict[str, str]) -> None:
    for _ in goods.fill(database, start=1, end=40):
        pass

    found = listed(limit=100, **query)

    assert found["pagination"]["total"] == total(facets="true", **query) == len(found["data"])


def test_the_number_follows_what_a_product_has(database: Any, staff_token: str) -> None:
    cap = sell(staff_token, "CAP", "Cap", features=["Lined"])
    assert (total(features="Lined"), total(features="Packable")) == (1, 0)

    change(staff_token, cap, features=["Packable", "Lined"])
    assert (total(features="Lined"), total(features="Packable")) == (1, 1)
