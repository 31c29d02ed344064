"""How PostgreSQL finds what the catalogue reads, in a shop of some size: by an index, wherever one can help.

A plan is a matter of size and statistics, so it is asked for at 20,000 products: with few, reading all of them is right.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench import goods
from ravo.platform import valkey
from tests.catalog.shop import ADMIN, NOWHERE, STORE
from tests.conftest import token_for
from tests.gateway import call
from tests.plans import Sent, filled, nodes, plans, read_from_end_to_end, reads_of

# Filling the shop takes a minute.
pytestmark = pytest.mark.thorough
PRODUCTS = 20_000
LARGE = {
    "products",
    "product_variants",
    "product_listings",
    "product_search",
    "product_embeddings",
    "product_categories",
}
LIST = f"{STORE}/products"

_OUT_OF_STOCK = text("UPDATE product_listings SET in_stock = false WHERE sales_count % 50 = 0")
# What VACUUM would do, which does not run inside a transaction: merge what waits beside the GIN indexes, and know which
# pages hold nothing but what everyone sees.
_MERGE = text("""
    SELECT gin_clean_pending_list(c.oid) FROM pg_class c JOIN pg_am ON pg_am.oid = c.relam
    WHERE amname = 'gin' AND relname LIKE 'ix\\_product%'
""")
_ALL_VISIBLE = text("UPDATE pg_class SET relallvisible = relpages WHERE relname = ANY(:names)")


def _fill(session: Session) -> None:
    for _ in goods.fill(session, start=1, end=PRODUCTS):
        pass
    goods.understand(session, products=2_000)
    session.execute(_OUT_OF_STOCK)
    session.execute(_MERGE)
    session.execute(text("ANALYZE"))
    session.execute(_ALL_VISIBLE, {"names": sorted(LARGE)})


@pytest.fixture(scope="module")
def shop(migrated: None) -> Iterator[Any]:
    """Many products, made and analysed in a transaction that is rolled back; functions run inside it."""
    yield from filled(_fill)


@pytest.fixture
def sent(shop: Any) -> Iterator[Sent]:
    """The statements that the test sends, with their values."""
    valkey.execute("FLUSHALL")
    yield from reads_of(shop)


def read_whole(shop: Any, sent: Sent) -> list[str]:
    """The large tables that a statement would read from end to end."""
    return read_from_end_to_end(shop, sent, LARGE)


def get(function: str, path: str, **query: str) -> Any:
    """Ask a function of staff's or the shop's, and expect an answer."""
    reply = call(f"catalog/{function}", "GET", path, query=query, token=token_for("*") if "admin" in function else None)
    assert reply.status == 200, reply.body
    return reply


SORTS = ["newest", "price_asc", "price_desc", "name", "bestselling", "rating"]
FILTERS = [
    {},
    {"category": "women/hoodie"},
    {"category": "women", "subcategory": "hoodie"},
    {"minPrice": "145"},
    {"minPrice": "30"},
    {"maxPrice": "21"},
    {"maxPrice": "140"},
    {"sizes": "XS"},
    {"colors": "Ink"},
    {"features": "Lined"},
    {"inStock": "true"},
    {"inStock": "false"},
    {"category": "men/tee", "sizes": "S,M", "colors": "Sky", "inStock": "true", "maxPrice": "60"},
]


@pytest.mark.parametrize("filters", FILTERS, ids=str)
@pytest.mark.parametrize("sort", SORTS)
def test_a_list_and_its_count_come_from_indexes(shop: Any, sent: Sent, filters: dict[str, str], sort: str) -> None:
    assert get("store/list_products", LIST, sort=sort, **filters).json["pagination"]["total"] > 0

    assert len(sent) == 1
    assert read_whole(shop, sent) == []


def test_facets_of_what_is_narrowed_come_from_indexes(shop: Any, sent: Sent) -> None:
    get("store/list_products", LIST, facets="true", category="women/hoodie", features="Lined")

    assert len(sent) == 2
    # Facets of the whole shop count every product's values, and read them all; so do those without their own filter.
    assert read_whole(shop, sent) == []


@pytest.mark.parametrize(
    "query", [{"search": "auraline"}, {"search": "running hoodie"}, {"search": "hoodie", "colors": "Ink"}], ids=str
)
def test_a_search_reads_the_index_of_words_and_that_of_meaning(shop: Any, sent: Sent, query: dict[str, str]) -> None:
    assert get("store/list_products", LIST, **query).data

    assert len(sent) == 1
    used = {node.get("Index Name") for plan in plans(shop, sent) for node in nodes(plan)}
    assert {"ix_product_search_search", "ix_product_embeddings_nearest"} <= used
    assert read_whole(shop, sent) == []


@pytest.mark.parametrize("sort", SORTS)
def test_a_search_in_another_order_reads_words_by_their_index(shop: Any, sent: Sent, sort: str) -> None:
    assert get("store/list_products", LIST, search="running hoodie", sort=sort).data

    # What to order by stands in the listings of all that match. How many these are PostgreSQL guesses, and by its guess
    # reads them one by one or all there are.
    assert set(read_whole(shop, sent)) <= {"product_listings"}


def test_pages_of_a_search_for_a_common_word_hold_every_product_once(shop: Any, sent: Sent) -> None:
    pages = [get("store/list_products", LIST, search="hoodie", limit="100", page=str(page)) for page in range(1, 18)]

    found = [product["id"] for page in pages for product in page.data]
    assert {page.json["pagination"]["total"] for page in pages} == {len(found)}
    assert len(set(found)) == len(found) > 1_600


def test_correcting_a_word_reads_indexes(shop: Any, sent: Sent) -> None:
    assert get("store/list_products", LIST, search="hodie").data

    assert len(sent) == 2
    assert read_whole(shop, sent) == []


def test_suggestions_read_indexes(shop: Any, sent: Sent) -> None:
    assert get("store/suggest_searches", f"{STORE}/search/suggest", q="aural").data

    assert read_whole(shop, sent) == []


def test_a_product_and_what_goes_with_it_read_indexes(shop: Any, sent: Sent) -> None:
    product = get("store/get_product", f"{LIST}/g-7").data
    get("store/get_product", f"{LIST}/{product['id']}")
    assert get("store/list_recommendations", f"{LIST}/{product['id']}/recommendations").data

    assert len(sent) == 3
    assert read_whole(shop, sent) == []


@pytest.mark.parametrize(
    "query",
    [{}, {"status": "draft"}, {"status": "active"}, {"search": "auraline"}, {"search": "G-77"}, {"cursor": NOWHERE}],
    ids=str,
)
def test_the_list_of_staff_and_its_count_come_from_indexes(shop: Any, sent: Sent, query: dict[str, str]) -> None:
    get("admin/list_admin_products", f"{ADMIN}/products", **query)

    assert len(sent) == 2
    assert read_whole(shop, sent) == []
