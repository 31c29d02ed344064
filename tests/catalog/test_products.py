"""Products, as staff make, change, publish and delete them."""

from datetime import timedelta
from typing import Any

import pytest

from ravo.platform.time import now
from tests.catalog.shop import (
    NOWHERE,
    PRODUCTS,
    category,
    change,
    create,
    eur,
    names,
    page_of,
    publish,
    read,
    sell,
    variants_of,
)
from tests.gateway import call
from tests.jobs import recorded


def test_a_new_product_is_a_draft_with_its_variants_and_says_where_it_stands(database: Any, staff_token: str) -> None:
    body = {
        "sku": "HOOD",
        "name": "Trail Hoodie",
        "basePrice": eur("59.90"),
        "costPrice": eur("20.00"),
        "description": "<p onclick=bad()>Warm.</p><script>alert(1)</script>",
        "matrix": {"sizes": ["S", "M"], "colors": ["Red"], "styles": ["Zip", "Zip"]},
        "tags": ["Warm", "warm"],
    }

    reply = call("catalog/admin/create_product", "POST", PRODUCTS, body=body, token=staff_token)

    assert (reply.status, reply.headers["location"]) == (201, f"{PRODUCTS}/{reply.data['id']}")
    assert (reply.data["status"], reply.data["slug"], reply.data["version"]) == ("draft", "trail-hoodie", 1)
    assert reply.data["description"] == "<p>Warm.</p>"
    assert reply.data["marginPercent"] == "66.6"
    assert reply.data["tags"] == ["warm"]
    assert [v["sku"] for v in variants_of(staff_token, reply.data)] == ["HOOD-S-RED-ZIP", "HOOD-M-RED-ZIP"]
    assert [event.detail["data"] for event in recorded(database, "product.created")] == [{"sku": "HOOD"}]
    assert names() == []


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"basePrice": {"amount": "9.999", "currency": "EUR"}}, "basePrice"),
        ({"basePrice": {"amount": "-1", "currency": "EUR"}}, "basePrice.amount"),
        # What ISO 4217 calls no currency.
        ({"basePrice": {"amount": "1", "currency": "XXX"}}, "basePrice"),
        ({"basePrice": {"amount": "1e12", "currency": "EUR"}}, "basePrice.amount"),
        ({"basePrice": None}, "basePrice"),
        ({"salePrice": {"amount": "1", "currency": "USD"}}, "body"),
        ({"sku": "has space"}, "sku"),
        ({"sku": ""}, "sku"),
        ({"name": "  "}, "name"),
        ({"slug": "Not A Slug"}, "slug"),
        ({"price": "9.99"}, "price"),
        ({"status": "active"}, "status"),
        ({"visibility": "secret"}, "visibility"),
        ({"images": [{"url": "javascript:alert(1)"}]}, "images.0.url"),
        ({"matrix": {"sizes": ["x" * 65]}}, "matrix.sizes.0"),
        ({"matrix": {"sizes": [str(n) for n in range(30)], "colors": [str(n) for n in range(30)]}}, "matrix"),
        ({"variants": [{"sku": "A"}], "matrix": {"sizes": ["S"]}}, "body"),
        ({"categoryIds": ["no-uuid"]}, "categoryIds.0"),
        ({"translations": {"german": {"name": "x"}}}, "translations.german.[key]"),
    ],
)
def test_a_product_that_makes_no_sense_is_refused_by_field(
    database: Any, staff_token: str, broken: dict[str, Any], field: str
) -> None:
    body = {"sku": "HOOD", "name": "Hoodie", "basePrice": eur("59.90")} | broken

    reply = call("catalog/admin/create_product", "POST", PRODUCTS, body=body, token=staff_token)

    assert (reply.status, reply.error["code"]) == (422, "VALIDATION_ERROR"), reply.body
    assert field in [problem["field"] for problem in reply.error["details"]]
    assert recorded(database) == []


@pytest.mark.parametrize(
    ("clash", "message"),
    [
        ({"sku": "HOOD"}, "This SKU is already in use. Choose another."),
        ({"slug": "trail-hoodie"}, "This slug is already in use. Choose another."),
        ({"variants": [{"sku": "HOOD"}]}, "This SKU is already in use. Choose another."),
        ({"variants": [{"sku": "A", "size": "S"}, {"sku": "B", "size": "S"}]}, "The product already has a variant with this size, colour and style. Change one of them."),
    ],
)  # fmt: skip
def test_what_is_taken_is_refused_and_nothing_is_half_made(
    database: Any, staff_token: str, clash: dict[str, Any], message: str
) -> None:
    create(staff_token, "HOOD", "Trail Hoodie")
    body = {"sku": "OTHER", "name": "Other", "basePrice": eur("1.00")} | clash

    reply = call("catalog/admin/create_product", "POST", PRODUCTS, body=body, token=staff_token)

    assert (reply.status, reply.error["code"], reply.error["message"]) == (409, "CONFLICT", message)
    assert len(recorded(database, "product.created")) == 1
    every = call("catalog/admin/list_admin_products", "GET", PRODUCTS, token=staff_token)
    assert every.json["pagination"]["total"] == 1


def test_an_unknown_category_is_refused(database: Any, staff_token: str) -> None:
    body = {"sku": "X", "name": "X", "basePrice": eur("1.00"), "categoryIds": [NOWHERE]}

    reply = call("catalog/admin/create_product", "POST", PRODUCTS, body=body, token=staff_token)

    assert (reply.status, reply.error["message"]) == (
        422,
        "Something that the request refers to does not exist. Check its ids.",
    )


def test_a_change_leaves_what_was_not_sent(database: Any, staff_token: str) -> None:
    shoes = category(staff_token, "Shoes")
    product = create(staff_token, "S", "Shoe", tags=["Run"], features=["Light"], categoryIds=[shoes["id"]])

    changed = change(
        staff_token,
        product,
        name="Fast Shoe",
        salePrice=eur("40.00"),
        images=[{"url": "http://localhost:8000/media/a.png"}],
    )

    assert changed.status == 200
    again = change(staff_token, changed.data, salePrice=None, tags=[])
    assert (again.data["name"], again.data["salePrice"], again.data["tags"]) == ("Fast Shoe", None, [])
    assert (again.data["features"], again.data["version"]) == (["Light"], 3)
    assert [c["slug"] for c in again.data["categories"]] == ["shoes"]
    assert again.data["images"] == [{"url": "http://localhost:8000/media/a.png", "alt": ""}]
    assert database.connection().exec_driver_sql("SELECT images FROM products").scalar() == [
        {"url": "/media/a.png", "alt": ""}
    ]


def test_two_who_change_the_same_version_do_not_overwrite_each_other(database: Any, staff_token: str) -> None:
    product = create(staff_token, "S", "Shoe")
    change(staff_token, product, name="Mine")

    late = change(staff_token, product, name="Theirs")

    assert (late.status, late.error["code"]) == (409, "VERSION_CONFLICT")
    assert late.error["details"][0]["message"].startswith("version 2 was saved at ")
    assert read(staff_token, product)["name"] == "Mine"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": None}, "name"),
        ({"sku": None}, "sku"),
        ({"basePrice": None}, "base_price"),
        ({"basePrice": {"amount": "1", "currency": "USD"}}, "basePrice.currency"),
    ],
)
def test_a_change_can_not_empty_what_a_product_needs(
    database: Any, staff_token: str, body: dict[str, Any], field: str
) -> None:
    product = create(staff_token, "S", "Shoe")

    reply = change(staff_token, product, **body)

    assert (reply.status, [d["field"] for d in reply.error["details"]]) == (422, [field])


def test_publishing_shows_a_product_once_and_unpublishing_takes_it_away(database: Any, staff_token: str) -> None:
    product = create(staff_token, "S", "Shoe")

    first, second = publish(staff_token, product["id"]), publish(staff_token, product["id"])

    assert first.data["status"] == "active"
    assert second.data == first.data
    assert len(recorded(database, "product.published")) == 1
    assert names() == ["Shoe"]
    path = f"{PRODUCTS}/{product['id']}/unpublish"
    for _ in range(2):
        taken = call("catalog/admin/unpublish_product", "POST", path, token=staff_token)
        assert taken.data["status"] == "draft"
    assert len(recorded(database, "product.unpublished")) == 1
    from ravo.platform import valkey

    valkey.execute("FLUSHALL")
    assert names() == []


def test_a_product_can_be_published_from_a_time_on(database: Any, staff_token: str) -> None:
    product = create(staff_token, "S", "Shoe")
    at = (now() + timedelta(days=1)).isoformat()

    assert publish(staff_token, product["id"], publishedAt=at).data["publishedAt"] is not None
    assert page_of("shoe").status == 404
    naive = publish(staff_token, product["id"], publishedAt="2027-01-31T09:00:00")
    assert (naive.status, naive.error["code"]) == (422, "VALIDATION_ERROR")


def test_what_lacks_something_is_not_published_and_says_what(database: Any, staff_token: str) -> None:
    product = create(staff_token, "S", "Shoe", description="", variants=[{"sku": "S-1", "isActive": False}])

    reply = publish(staff_token, product["id"])

    assert (reply.status, reply.error["message"]) == (
        422,
        "The product is not complete. Add what is listed here, then publish it.",
    )
    assert [d["field"] for d in reply.error["details"]] == ["variants", "description"]
    assert recorded(database, "product.published") == []


def test_a_deleted_product_is_gone_and_its_sku_free_again(database: Any, staff_token: str) -> None:
    product = sell(staff_token, "S", "Shoe")

    gone = call("catalog/admin/delete_product", "DELETE", f"{PRODUCTS}/{product['id']}", token=staff_token)

    assert (gone.status, gone.body) == (204, b"")
    assert names() == []
    assert (
        call("catalog/admin/get_admin_product", "GET", f"{PRODUCTS}/{product['id']}", token=staff_token).status == 404
    )
    assert (
        call("catalog/admin/delete_product", "DELETE", f"{PRODUCTS}/{product['id']}", token=staff_token).status == 404
    )
    assert create(staff_token, "S", "Shoe")["id"] != product["id"]


def test_the_list_of_staff_has_all_pages_on_by_number_or_by_last_id(database: Any, staff_token: str) -> None:
    for number in range(5):
        create(staff_token, f"S-{number}", f"Shoe {number}")
    sell(staff_token, "T", "Tee")

    def skus(**query: str) -> list[str]:
        reply = call("catalog/admin/list_admin_products", "GET", PRODUCTS, query=query, token=staff_token)
        assert reply.status == 200, reply.body
        return [product["sku"] for product in reply.data]

    first = call("catalog/admin/list_admin_products", "GET", PRODUCTS, query={"limit": "2"}, token=staff_token)
    assert [p["sku"] for p in first.data] == ["T", "S-4"]
    for name in ("cursor", "before"):
        assert skus(limit="2", **{name: first.data[-1]["id"]}) == ["S-3", "S-2"]
    assert skus(limit="2", page="2") == ["S-3", "S-2"]
    assert skus(status="active") == ["T"]
    assert skus(search="shoe 3") == ["S-3"]
    assert skus(search="S-") == ["S-4", "S-3", "S-2", "S-1", "S-0"]
    assert skus(search="%") == []


@pytest.mark.parametrize(
    ("function", "method", "tail"),
    [
        ("get_admin_product", "GET", ""),
        ("delete_product", "DELETE", ""),
        ("publish_product", "POST", "/publish"),
        ("unpublish_product", "POST", "/unpublish"),
        ("list_variants", "GET", "/variants"),
        ("delete_variant", "DELETE", f"/variants/{NOWHERE}"),
    ],
)
def test_an_unknown_product_is_not_found_and_an_id_that_is_none_is_refused(
    database: Any, staff_token: str, function: str, method: str, tail: str
) -> None:
    unknown = call(f"catalog/admin/{function}", method, f"{PRODUCTS}/{NOWHERE}{tail}", token=staff_token)
    malformed = call(f"catalog/admin/{function}", method, f"{PRODUCTS}/42{tail}", token=staff_token)

    assert (unknown.status, malformed.status) == (404, 422)


def test_an_answer_of_staff_takes_a_fixed_number_of_statements(
    database: Any, staff_token: str, statements: list[str]
) -> None:
    sizes = [{"sku": f"S-{n}", "size": str(n)} for n in range(60)]
    product = create(staff_token, "S", "Shoe", variants=sizes)

    def count(function: str, method: str, path: str, body: Any = None) -> int:
        statements.clear()
        assert call(f"catalog/admin/{function}", method, path, body=body, token=staff_token).status < 300
        return len(statements)

    assert count("list_admin_products", "GET", PRODUCTS) == 2
    assert count("get_admin_product", "GET", f"{PRODUCTS}/{product['id']}") == 2
    assert count("list_variants", "GET", f"{PRODUCTS}/{product['id']}/variants") == 3
    assert count("publish_product", "POST", f"{PRODUCTS}/{product['id']}/publish") == 15
    assert count("update_product", "PATCH", f"{PRODUCTS}/{product['id']}", {"name": "Boot", "version": 2}) == 14
