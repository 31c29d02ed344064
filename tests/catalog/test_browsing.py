"""What shoppers browse: lists with filters, sorts, pages and facets; a product's page; categories; collections."""

from datetime import timedelta
from typing import Any

import pytest

from ravo.platform.time import now
from tests.catalog.shop import (
    ADMIN,
    NOWHERE,
    STORE,
    category,
    create,
    eur,
    listed,
    names,
    page_of,
    publish,
    sell,
)
from tests.gateway import call


def test_a_product_of_the_list_has_what_a_card_shows(shop: Any) -> None:
    card = next(product for product in listed()["data"] if product["sku"] == "TANK")

    assert card["price"] == card["priceTo"] == eur("25.00")
    assert card["compareAtPrice"] == eur("30.00")
    assert (card["slug"], card["inStock"], card["featured"], card["variantCount"]) == ("air-tank", False, True, 2)
    assert [(v["sku"], v["size"], v["color"]) for v in card["variants"]] == [
        ("TANK-M-RED", "M", "Red"),
        ("TANK-L-RED", "L", "Red"),
    ]
    assert "costPrice" not in card


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"category": "women"}, {"Trail Hoodie", "Air Tank"}),
        ({"category": "women/tops"}, {"Trail Hoodie", "Air Tank"}),
        ({"category": "women", "subcategory": "tops"}, {"Trail Hoodie", "Air Tank"}),
        ({"category": "nothing"}, set()),
        ({"minPrice": "30"}, {"Trail Hoodie", "Zen Mat"}),
        ({"maxPrice": "25"}, {"Air Tank"}),
        ({"minPrice": "26", "maxPrice": "40.00"}, {"Zen Mat"}),
        ({"sizes": "L"}, {"Air Tank"}),
        ({"sizes": "S,L"}, {"Trail Hoodie", "Air Tank"}),
        ({"colors": "Blue", "sizes": "M"}, {"Trail Hoodie"}),
        ({"features": "Warm,Light"}, {"Trail Hoodie", "Air Tank"}),
        ({"inStock": "true"}, {"Trail Hoodie", "Zen Mat"}),
        ({"inStock": "false"}, {"Air Tank"}),
    ],
)
def test_a_filter_leaves_what_fits_it(shop: Any, query: dict[str, str], expected: set[str]) -> None:
    assert set(names(**query)) == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("price_asc", ["Air Tank", "Zen Mat", "Trail Hoodie"]),
        ("price_desc", ["Trail Hoodie", "Zen Mat", "Air Tank"]),
        ("name", ["Air Tank", "Trail Hoodie", "Zen Mat"]),
        ("newest", ["Zen Mat", "Air Tank", "Trail Hoodie"]),
        ("bestselling", ["Zen Mat", "Air Tank", "Trail Hoodie"]),
        ("rating", ["Zen Mat", "Air Tank", "Trail Hoodie"]),
        ("relevance", ["Zen Mat", "Air Tank", "Trail Hoodie"]),
    ],
)
def test_a_list_is_in_the_order_asked_for(shop: Any, sort: str, expected: list[str]) -> None:
    assert names(sort=sort) == expected


def test_pages_hold_every_product_once(shop: Any) -> None:
    pages = [listed(page=number, limit=2, sort="name") for number in (1, 2, 3)]

    assert [[p["sku"] for p in page["data"]] for page in pages] == [["TANK", "HOOD"], ["MAT"], []]
    assert pages[0]["pagination"] == {
        "page": 1, "limit": 2, "total": 3, "totalPages": 2, "hasNext": True, "hasPrev": False,
    }  # fmt: skip
    assert pages[1]["pagination"]["hasNext"] is False


def test_facets_count_each_without_its_own_filter(shop: Any) -> None:
    facets = listed(facets="true", sizes="S")["facets"]

    assert facets["sizes"] == [{"value": "M", "count": 2}, {"value": "L", "count": 1}, {"value": "S", "count": 1}]
    assert facets["colors"] == [{"value": "Blue", "count": 1}, {"value": "Red", "count": 1}]
    assert [(c["path"], c["count"]) for c in facets["categories"]] == [("women/tops", 1), ("women", 1)] or [
        (c["path"], c["count"]) for c in facets["categories"]
    ] == [("women", 1), ("women/tops", 1)]
    assert (facets["priceMin"], facets["priceMax"], facets["inStock"]) == (eur("80.00"), eur("80.00"), 1)
    assert "facets" not in listed()


def test_a_category_is_not_taken_for_another_of_the_same_name(shop: Any, staff_token: str) -> None:
    sale = category(staff_token, "Sale")
    sell(staff_token, "CAP", "Sun Cap", categoryIds=[category(staff_token, "Women", sale)["id"]])

    assert set(names(category="women")) == {"Trail Hoodie", "Air Tank", "Sun Cap"}
    assert names(category="sale/women") == ["Sun Cap"]
    counted = {facet["path"]: facet["count"] for facet in listed(facets="true")["facets"]["categories"]}
    assert counted == {"women": 2, "women/tops": 2, "gear": 1, "sale": 1, "sale/women": 1}
    tree = call("catalog/store/list_categories", "GET", f"{STORE}/categories").data
    assert {node["path"]: node["productCount"] for node in tree} == {"women": 2, "gear": 1, "sale": 1}


def test_the_empty_shop_is_an_empty_page(database: Any) -> None:
    empty = listed(facets="true")

    assert (empty["data"], empty["pagination"]["total"], empty["pagination"]["totalPages"]) == ([], 0, 0)
    assert empty["facets"]["priceMin"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"page": "0"}, "page"),
        ({"limit": "1000"}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"sort": "cheapest"}, "sort"),
        ({"minPrice": "-1"}, "minPrice"),
        ({"minPrice": "NaN"}, "minPrice"),
        ({"maxPrice": "1e99"}, "maxPrice"),
        ({"search": "x" * 201}, "search"),
        ({"inStock": "perhaps"}, "inStock"),
        ({"search": "a\x00b"}, "query"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused_by_field(database: Any, query: dict[str, str], field: str) -> None:
    reply = call("catalog/store/list_products", "GET", f"{STORE}/products", query=query)

    assert (reply.status, reply.error["code"]) == (422, "VALIDATION_ERROR")
    assert [problem["field"] for problem in reply.error["details"]] == [field]


def test_of_a_parameter_that_comes_twice_the_last_counts_and_unknown_ones_are_passed_over(shop: Any) -> None:
    asked = [("limit", "1"), ("limit", "2"), ("utm_source", "mail"), ("min_price", "1000")]

    found = call("catalog/store/list_products", "GET", f"{STORE}/products", query=asked)

    assert (found.status, found.json["pagination"]["limit"], len(found.data)) == (200, 2, 2)


def test_drafts_hidden_and_future_products_are_not_listed(database: Any, staff_token: str) -> None:
    create(staff_token, "DRAFT", "Draft")
    sell(staff_token, "HIDDEN", "Hidden", visibility="hidden")
    searched = sell(staff_token, "SEARCH", "Searchable", visibility="search")
    future = create(staff_token, "FUTURE", "Future")
    publish(staff_token, future["id"], publishedAt=(now() + timedelta(hours=1)).isoformat())

    assert names() == []
    assert names(search="searchable") == ["Searchable"]
    assert page_of(searched["slug"]).status == 200
    assert page_of("future").status == 404
    assert page_of("draft").status == 404


def test_a_product_page_tells_all_there_is_to_know(shop: Any) -> None:
    page = page_of(shop["tank"]["id"]).data

    assert page["description"] == "<p>Good.</p>"
    assert [c["path"] for c in page["categories"]] == ["women/tops"]
    assert [(v["sku"], v["stock"], v["price"]["amount"]) for v in page["variants"]] == [
        ("TANK-M-RED", "out", "25.00"),
        ("TANK-L-RED", "out", "25.00"),
    ]
    assert page_of(shop["hoodie"]["slug"]).data["tags"] == ["Winter"]
    assert "costPrice" not in page


def test_a_product_page_is_in_the_language_that_the_caller_prefers(database: Any, staff_token: str) -> None:
    product = sell(
        staff_token, "H", "Hoodie", translations={"de": {"name": "Kapuzenpulli"}, "pt-BR": {"name": "Moletom"}}
    )

    def seen(languages: str) -> tuple[str, str]:
        page = page_of(product["slug"], headers={"accept-language": languages}).data
        return page["name"], page["locale"]

    assert seen("de-AT,de;q=0.9,en;q=0.5") == ("Kapuzenpulli", "de")
    assert seen("fr;q=0.9,pt-BR;q=0.8") == ("Moletom", "pt-BR")
    assert seen("fr") == ("Hoodie", "en")
    assert seen("*;q=nonsense,,") == ("Hoodie", "en")
    assert seen("PT-br, en") == ("Moletom", "pt-BR")
    assert seen("en, de") == ("Hoodie", "en")
    assert page_of(product["slug"]).headers["vary"].startswith("Accept-Language")


def test_languages_that_the_shop_does_not_speak_make_no_answer_of_their_own(shop: Any, statements: list[str]) -> None:
    page_of("air-tank", headers={"accept-language": "de-CH, fr;q=0.5"})
    statements.clear()

    for number in range(3):
        page_of("air-tank", headers={"accept-language": f"x-{number}, de-AT;q=0.9, fr;q=0.8, en;q=0.7, da;q=0.1"})

    assert statements == []


@pytest.mark.parametrize("unknown", [NOWHERE, "no-such-slug", "a b", "%"])
def test_an_unknown_product_is_not_found(database: Any, unknown: str) -> None:
    reply = page_of(unknown)

    assert (reply.status, reply.error["message"]) == (404, "There is no such product.")


def test_the_category_tree_counts_what_stands_below(shop: Any) -> None:
    tree = call("catalog/store/list_categories", "GET", f"{STORE}/categories").data

    women = next(node for node in tree if node["slug"] == "women")
    assert (women["productCount"], [c["productCount"] for c in women["children"]]) == (2, [2])
    assert {node["slug"] for node in tree} == {"women", "gear"}


def test_a_collection_shows_its_products_in_the_order_of_staff(shop: Any, staff_token: str) -> None:
    body = {"name": "Sale", "productIds": [shop[name]["id"] for name in ("mat", "tank", "hoodie")]}
    call("catalog/admin/create_collection", "POST", f"{ADMIN}/collections", body=body, token=staff_token)
    call(
        "catalog/admin/unpublish_product", "POST", f"{ADMIN}/products/{shop['tank']['id']}/unpublish", token=staff_token
    )

    reply = call("catalog/store/get_collection", "GET", f"{STORE}/collections/sale", query={"limit": 1, "page": 2})

    assert [product["sku"] for product in reply.data["products"]] == ["HOOD"]
    assert reply.json["pagination"]["total"] == 2
    assert call("catalog/store/get_collection", "GET", f"{STORE}/collections/none").status == 404


def test_recommendations_bring_what_is_near_and_never_the_product_itself(shop: Any) -> None:
    path = f"{STORE}/products/{shop['hoodie']['id']}/recommendations"

    reply = call("catalog/store/list_recommendations", "GET", path, query={"limit": 2})

    assert [product["name"] for product in reply.data] == ["Air Tank", "Zen Mat"]
    nowhere = f"{STORE}/products/{NOWHERE}/recommendations"
    assert call("catalog/store/list_recommendations", "GET", nowhere).status == 404
    assert call("catalog/store/list_recommendations", "GET", f"{STORE}/products/x/recommendations").status == 422
