"""Imports: what good files make and change, and that the same file does nothing twice."""

from typing import Any

import pytest

from tests.catalog.importing import DATA, GOOD, import_csv, import_file, outcome, rows
from tests.catalog.shop import listed, page_of
from tests.gateway import call
from tests.jobs import recorded


def test_a_file_becomes_products_on_sale(database: Any, staff_token: str) -> None:
    done = import_csv(database, staff_token, GOOD)

    assert (done["status"], done["progress"], done["failure"]) == ("completed", 100, None)
    assert outcome(done, "products") == (2, 0, 0, 0)
    assert outcome(done, "variants") == (3, 0, 0, 0)
    hoodie = page_of("trail-hoodie").data
    assert [(v["sku"], v["size"], v["inStock"]) for v in hoodie["variants"]] == [
        ("HOOD-S", "S", True),
        ("HOOD-M", "M", False),
    ]
    assert hoodie["price"] == {"amount": "59.90", "currency": "EUR"}
    assert [c["path"] for c in hoodie["categories"]] == ["women/hoodies"]
    assert listed(category="women", sizes="S")["pagination"]["total"] == 1


def test_the_same_file_again_changes_nothing_and_says_so(database: Any, staff_token: str) -> None:
    import_csv(database, staff_token, GOOD)
    before = len(recorded(database, "products.imported"))

    again = import_csv(database, staff_token, GOOD)

    assert outcome(again, "products") == (0, 0, 2, 0)
    assert outcome(again, "variants") == (0, 0, 3, 0)
    assert len(recorded(database, "products.imported")) == before


def test_a_changed_row_changes_only_its_variant(database: Any, staff_token: str) -> None:
    import_csv(database, staff_token, GOOD)

    done = import_csv(database, staff_token, GOOD.replace("HOOD-M,M,Red,0", "HOOD-M,M,Red,7"))

    assert outcome(done, "products") == (0, 0, 2, 0)
    assert outcome(done, "variants") == (0, 1, 2, 0)
    assert [v["inStock"] for v in page_of("trail-hoodie").data["variants"]] == [True, True]


def test_a_file_of_skus_and_stock_alone_updates_what_the_shop_has(database: Any, staff_token: str) -> None:
    import_csv(database, staff_token, GOOD)

    done = import_csv(database, staff_token, "sku,available\nHOOD-M,9\nNEW-1,2\n")

    assert outcome(done, "variants") == (0, 1, 0, 1)
    assert rows(staff_token, done["id"], "rejected") == {3: "belongs to no product of the file or the shop"}
    assert page_of("trail-hoodie").data["variants"][1]["inStock"] is True


def test_an_empty_cell_of_a_field_that_can_not_be_empty_leaves_it_as_it_is(database: Any, staff_token: str) -> None:
    import_csv(
        database,
        staff_token,
        GOOD.replace("available", "status")
        .replace(",3,", ",draft,", 1)
        .replace(",0,", ",,")
        .replace(",5,", ",active,"),
    )
    header = "product_sku,name,base_price,status,track_inventory\n"

    done = import_csv(database, staff_token, header + "HOOD,Trail Hoodie II,59.90,,\n", mapping={})

    assert done["failure"] == "These columns are missing: sku. Add them, or change the mapping."
    done = import_csv(database, staff_token, header.strip() + ",sku\nHOOD,Trail Hoodie II,59.90,,,\n")
    assert outcome(done, "products") == (0, 1, 0, 0)
    found = call("catalog/admin/list_admin_products", "GET", "/api/v1/catalog/admin/products", token=staff_token).data
    assert {p["sku"]: (p["name"], p["status"]) for p in found}["HOOD"] == ("Trail Hoodie II", "draft")


def test_validating_only_tells_what_would_be_and_writes_nothing(database: Any, staff_token: str) -> None:
    done = import_csv(database, staff_token, GOOD, validateOnly=True)

    assert outcome(done, "products") == (2, 0, 0, 0)
    assert listed()["pagination"]["total"] == 0
    assert recorded(database, "products.imported") == []


def test_two_products_of_one_name_get_slugs_of_their_own(database: Any, staff_token: str) -> None:
    text = "product_sku,name,base_price,sku\nA,Same,9,A-1\nB,Same,9,B-1\n"

    import_csv(database, staff_token, text)
    again = import_csv(database, staff_token, text)

    assert sorted(p["slug"] for p in listed()["data"]) == ["same", "same-b"]
    assert outcome(again, "products") == (0, 0, 2, 0)


def test_imports_are_listed_the_newest_first(database: Any, staff_token: str) -> None:
    first, second = (import_csv(database, staff_token, GOOD)["id"] for _ in range(2))

    reply = call("catalog/admin/list_imports", "GET", "/api/v1/catalog/admin/imports", token=staff_token)

    assert [each["id"] for each in reply.data] == [second, first]
    assert reply.json["pagination"]["total"] == 2


@pytest.mark.parametrize(
    "function_path", ["catalog/admin/get_import", "catalog/admin/list_import_rows", "catalog/admin/get_import_errors"]
)
def test_an_unknown_import_is_not_found(database: Any, staff_token: str, function_path: str) -> None:
    tail = {"list_import_rows": "/rows", "get_import_errors": "/errors.csv"}.get(function_path.rpartition("/")[2], "")
    path = f"/api/v1/catalog/admin/imports/018f0000-0000-7000-8000-000000000000{tail}"

    assert call(function_path, "GET", path, token=staff_token).status == 404


@pytest.mark.skipif(not (DATA / "luma" / "products.csv").exists(), reason="the Luma catalogue is not here")
def test_the_luma_catalogue_is_imported_whole_and_once(database: Any, staff_token: str) -> None:
    body = (DATA / "luma" / "products.csv").read_bytes()

    first = import_file(database, staff_token, body, "magento")
    second = import_file(database, staff_token, body, "magento")

    assert outcome(first, "products") == (147, 0, 0, 0)
    assert outcome(first, "variants") == (1847, 0, 0, 0)
    assert outcome(second, "products") == (0, 0, 147, 0)
    assert outcome(second, "variants") == (0, 0, 1847, 0)


@pytest.mark.skipif(not (DATA / "shopify").exists(), reason="the Shopify samples are not here")
@pytest.mark.parametrize("path", sorted((DATA / "shopify").glob("*.csv")), ids=lambda path: path.name)
def test_a_shopify_file_is_imported_whole_and_once(database: Any, staff_token: str, path: Any) -> None:
    first = import_file(database, staff_token, path.read_bytes(), "shopify")
    second = import_file(database, staff_token, path.read_bytes(), "shopify")

    assert (first["status"], first["products"]["rejected"], first["variants"]["rejected"]) == ("completed", 0, 0)
    assert first["products"]["created"] > 0
    assert second["products"]["unchanged"] == first["products"]["created"]
    assert second["variants"]["unchanged"] == first["variants"]["created"]
