"""Answers of the shop, whatever they are about: kept and dropped, not sent again, as declared, in a fixed number of statements, with and without Valkey."""

from typing import Any

import pytest
from pydantic import TypeAdapter
from sqlalchemy import text

from ravo.catalog.projections import service as projections
from tests.catalog.shop import (
    ADMIN,
    STORE,
    change,
    eur,
    listed,
    names,
    page_of,
)
from tests.gateway import call, function


def test_an_answer_is_kept_until_an_event_drops_it(shop: Any, database: Any, staff_token: str) -> None:
    from tests.jobs import drain

    assert listed(search="trail")["data"][0]["price"] == eur("80.00")
    product = change(staff_token, shop["hoodie"], basePrice=eur("70.00"))
    assert product.status == 200
    assert listed(search="trail")["data"][0]["price"] == eur("80.00")

    drain(database)

    assert listed(search="trail")["data"][0]["price"] == eur("70.00")


def test_an_answer_that_the_caller_has_is_not_sent_again(shop: Any) -> None:
    first = call("catalog/store/list_products", "GET", f"{STORE}/products")
    tag = first.headers["etag"]

    again = call("catalog/store/list_products", "GET", f"{STORE}/products", headers={"if-none-match": f'"x", {tag}'})

    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert first.headers["cache-control"].startswith("public, max-age=900")


@pytest.mark.parametrize(
    ("name", "path", "query"),
    [
        ("list_products", "/products", {"facets": "true"}),
        ("list_products", "/products", {"search": "hoodie", "facets": "true"}),
        ("get_product", "/products/air-tank", {}),
        ("list_recommendations", "/products/{mat}/recommendations", {}),
        ("list_categories", "/categories", {}),
        ("get_collection", "/collections/sale", {}),
        ("suggest_searches", "/search/suggest", {"q": "h"}),
    ],
)
def test_what_is_sent_is_what_the_schema_declares(
    shop: Any, database: Any, staff_token: str, name: str, path: str, query: dict[str, str]
) -> None:
    change(
        staff_token,
        shop["tank"],
        images=[{"url": "/media/products/tank.png", "alt": "A tank"}, {"url": "https://cdn.example/back.png"}],
        translations={"de": {"name": "Luftiges Top"}},
        attributes={"fit": "loose"},
        sizeGuide={"M": [88, 96]},
    )
    database.execute(text("UPDATE products SET average_rating = 4.5, review_count = 3"))
    projections.refresh(database, list(database.scalars(text("SELECT id FROM products"))))
    body = {"name": "Sale", "productIds": [shop["tank"]["id"]]}
    call("catalog/admin/create_collection", "POST", f"{ADMIN}/collections", body=body, token=staff_token)

    reply = call(f"catalog/store/{name}", "GET", STORE + path.format(mat=shop["mat"]["id"]), query=query)

    assert reply.data
    declared = TypeAdapter(function(f"catalog/store/{name}").app.routes[0].response_model)
    read = declared.validate_json(reply.body)
    assert declared.dump_python(read, mode="json", by_alias=True, exclude_unset=True) == reply.json


def test_each_answer_takes_a_fixed_number_of_statements(shop: Any, statements: list[str]) -> None:
    def count(function: str, path: str, **query: str) -> int:
        statements.clear()
        assert call(function, "GET", path, query=query).status == 200
        return len(statements)

    assert count("catalog/store/list_products", f"{STORE}/products") == 1
    assert count("catalog/store/list_products", f"{STORE}/products", category="women", sizes="S", page="1") == 1
    assert count("catalog/store/list_products", f"{STORE}/products", facets="true") == 2
    # All pages and orders share the facets that were counted once.
    assert count("catalog/store/list_products", f"{STORE}/products", facets="true", sort="name") == 1
    assert count("catalog/store/list_products", f"{STORE}/products", search="hoodie") == 1
    assert count("catalog/store/list_products", f"{STORE}/products", search="hoodie", facets="true") == 2
    assert count("catalog/store/list_products", f"{STORE}/products", search="hodie", sort="name") == 2
    assert count("catalog/store/get_product", f"{STORE}/products/air-tank") == 1
    assert count("catalog/store/list_categories", f"{STORE}/categories") == 1
    assert count("catalog/store/suggest_searches", f"{STORE}/search/suggest", q="ho") == 1
    path = f"{STORE}/products/{shop['mat']['id']}/recommendations"
    assert count("catalog/store/list_recommendations", path) == 1


def test_without_valkey_every_read_still_answers(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from ravo.platform import limits, valkey
    from ravo.platform.settings import forget_settings

    monkeypatch.setenv("VALKEY_URL", "unix:///nowhere.sock")
    forget_settings()
    valkey.forget_connection()
    limits.forget_storages()
    try:
        assert set(names(search="hoodie", facets="true")) == {"Trail Hoodie"}
        assert set(names()) == {"Trail Hoodie", "Air Tank", "Zen Mat"}
        assert page_of("air-tank").status == 200
        assert call("catalog/store/list_categories", "GET", f"{STORE}/categories").status == 200
    finally:
        monkeypatch.undo()
        forget_settings()
        valkey.forget_connection()
        limits.forget_storages()
