"""How many products the shop lists: kept as they come and go, so that no list has to count them all."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from bench import goods
from ravo.operations.doctor.service import find_drift
from ravo.platform.cache import Group, drop
from ravo.platform.time import now
from tests.catalog.shop import ADMIN, change, create, listed, publish, sell
from tests.databases import copy_of_the_database
from tests.gateway import call

PRODUCTS = 4


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


def test_the_doctor_finds_a_number_that_drifted(database: Any, staff_token: str) -> None:
    sell(staff_token, "CAP", "Cap")
    database.execute(text("UPDATE listing_counts SET browsable = browsable + 2"))

    assert find_drift() == [{"listed": 3, "countedListed": 1}]


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

    # The one counts by keys of sets, the other by the values themselves.
    assert found["pagination"]["total"] == total(facets="true", **query) == len(found["data"])


def test_the_number_follows_what_a_product_has(database: Any, staff_token: str) -> None:
    cap = sell(staff_token, "CAP", "Cap", features=["Lined"])
    assert (total(features="Lined"), total(features="Packable")) == (1, 0)

    change(staff_token, cap, features=["Packable", "Lined"])
    assert (total(features="Lined"), total(features="Packable")) == (1, 1)


def test_the_doctor_finds_values_that_no_set_has(database: Any, staff_token: str) -> None:
    cap = sell(staff_token, "CAP", "Cap", features=["Lined"])
    database.execute(text("DELETE FROM listing_sets WHERE field = 'features'"))

    assert find_drift() == [{"productId": cap["id"], "sets": "unknown"}]


@pytest.fixture
def two(migrated: None) -> Iterator[tuple[Any, Any]]:
    """Two writers on a shop of their own; neither waits longer than a moment for the other."""
    address = copy_of_the_database("counting")
    engine = create_engine(address)
    with Session(engine) as session:
        for _ in goods.fill(session, start=1, end=PRODUCTS):
            pass
    engine.dispose()
    plain = address.replace("+psycopg", "")
    with psycopg.connect(plain, options="-c lock_timeout=1000") as one, psycopg.connect(plain) as other:
        yield one, other


def hide(connection: Any, sku: str) -> None:
    """Take a product out of the list, in the transaction that is open."""
    connection.execute(
        "UPDATE product_listings SET browsable = false WHERE product_id = (SELECT id FROM products WHERE sku = %s)",
        (sku,),
    )


def kept(connection: Any) -> tuple[int, int, int]:
    """The number as it is kept, in how many parts, and as it is counted."""
    row = connection.execute(
        "SELECT sum(browsable)::integer, count(*), (SELECT count(*) FROM product_listings WHERE browsable)"
        " FROM listing_counts"
    ).fetchone()
    connection.commit()
    return row


def test_writers_wait_for_each_other_with_sets_that_are_new_to_the_shop_alone(two: tuple[Any, Any]) -> None:
    one, other = two
    lined = "UPDATE product_listings SET features = %s WHERE product_id = (SELECT id FROM products WHERE sku = %s)"
    one.execute(lined, (["Lined"], "G-1"))
    one.commit()

    one.execute(lined, (["Lined"], "G-2"))
    other.execute(lined, (["Lined"], "G-3"))
    other.execute(lined, (["Woven", "Lined"], "G-4"))
    other.commit()
    one.execute(lined, (["Woven", "Lined"], "G-1"))
    one.commit()

    sets = "SELECT count(*) FROM listing_sets WHERE field = 'features' AND 'Woven' = ANY(members)"
    assert one.execute(sets).fetchone() == (1,)


def test_writers_do_not_wait_for_each_others_number(two: tuple[Any, Any]) -> None:
    one, other = two
    hide(other, "G-1")
    hide(one, "G-2")
    other.commit()
    one.commit()

    assert kept(one) == (2, 2, 2)
    hide(one, "G-3")
    one.commit()
    assert kept(one) == (1, 1, 1)


def test_what_a_writer_takes_back_does_not_count(two: tuple[Any, Any]) -> None:
    one, other = two
    hide(other, "G-1")
    hide(one, "G-2")
    other.rollback()
    one.commit()

    assert kept(one) == (3, 2, 3)
