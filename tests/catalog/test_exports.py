"""Exports: the catalogue given back, so that importing it again is the identity."""

import csv
import io
import urllib.request
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.catalog.importing import DATA, import_csv, import_file, outcome
from tests.gateway import call
from tests.jobs import drain, recorded, run

EXPORTS = "/api/v1/catalog/admin/exports"


def export(database: Session, token: str) -> bytes:
    """Ask for an export, let the job write it, and fetch the file by its link."""
    asked = call("catalog/admin/create_export", "POST", EXPORTS, token=token)
    assert (asked.status, asked.data["status"], asked.data["url"]) == (202, "queued", None)
    drain(database)
    done = call("catalog/admin/get_export", "GET", asked.headers["location"], token=token).data
    assert done["status"] == "completed"
    with urllib.request.urlopen(done["url"], timeout=60) as answer:
        return answer.read()


def test_what_was_exported_is_imported_without_a_change(database: Any, staff_token: str) -> None:
    import_csv(
        database,
        staff_token,
        "product_sku,name,base_price,sku,size,tags,featured\nH,Hoodie,50,H-S,S,warm,true\nH,,,H-M,M,,\nE,Empty,1,,,,\n",
    )
    before = len(recorded(database, "products.imported"))

    done = import_file(database, staff_token, export(database, staff_token), "custom")

    assert outcome(done, "products") == (0, 0, 2, 0)
    assert outcome(done, "variants") == (0, 0, 2, 0)
    assert len(recorded(database, "products.imported")) == before


def test_what_was_exported_says_its_charset(database: Any, staff_token: str) -> None:
    asked = call("catalog/admin/create_export", "POST", EXPORTS, token=staff_token)
    drain(database)
    done = call("catalog/admin/get_export", "GET", asked.headers["location"], token=staff_token).data

    with urllib.request.urlopen(done["url"], timeout=60) as answer:
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"


def test_an_exported_shop_can_be_opened_again_elsewhere(database: Any, staff_token: str) -> None:
    import_csv(
        database,
        staff_token,
        "product_sku,name,base_price,sku,size,categories\nH,Hoodie,50,H-S,S,Women>Tops\nH,,,H-M,M,\n",
    )
    file = export(database, staff_token)
    for product in call(
        "catalog/admin/list_admin_products", "GET", "/api/v1/catalog/admin/products", token=staff_token
    ).data:
        path = f"/api/v1/catalog/admin/products/{product['id']}"
        assert call("catalog/admin/delete_product", "DELETE", path, token=staff_token).status == 204

    done = import_file(database, staff_token, file, "custom")

    assert outcome(done, "products") == (1, 0, 0, 0)
    assert outcome(done, "variants") == (2, 0, 0, 0)
    assert export(database, staff_token) == file


text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30)
name = text.filter(lambda value: value.strip() != "")
label = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=12)
price = st.decimals(min_value=0, max_value=9999, places=2).map(str)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=name,
    description=text,
    price=price,
    sale=st.none() | price,
    tags=st.lists(label, max_size=3),
    features=st.lists(label, max_size=3),
    options=st.lists(st.tuples(st.none() | label, st.none() | label), min_size=1, max_size=3, unique=True),
    attributes=st.dictionaries(label, st.none() | st.booleans() | st.integers(-(10**6), 10**6) | text, max_size=3),
    alt=text,
)
def test_whatever_staff_write_comes_back_from_an_export_as_it_was(
    database: Any, staff_token: str, name: str, description: str, price: str, sale: str | None, **rest: Any
) -> None:
    with database.connection().begin_nested() as savepoint:
        body = {
            "sku": "ONE",
            "name": name,
            "description": description,
            "basePrice": {"amount": price, "currency": "EUR"},
            "salePrice": {"amount": sale, "currency": "EUR"} if sale else None,
            "tags": rest["tags"],
            "features": rest["features"],
            "attributes": rest["attributes"],
            "images": [{"url": "/media/products/a.png", "alt": rest["alt"]}],
            "variants": [
                {"sku": f"ONE-{number}", "size": size, "color": color}
                for number, (size, color) in enumerate(rest["options"])
            ],
        }
        made = call(
            "catalog/admin/create_product", "POST", "/api/v1/catalog/admin/products", body=body, token=staff_token
        )
        if made.status == 201:
            done = import_file(database, staff_token, export(database, staff_token), "custom")
            assert outcome(done, "products") == (0, 0, 1, 0)
            assert outcome(done, "variants") == (0, 0, len(rest["options"]), 0)
        else:
            # Two options may differ in white space alone.
            stripped = [tuple(value and value.strip() for value in pair) for pair in rest["options"]]
            assert made.status in (409, 422), made.body
            assert len(set(stripped)) < len(stripped) or "" in str(stripped), made.body
        savepoint.rollback()


def test_cells_that_a_spreadsheet_would_calculate_are_quoted(database: Any, staff_token: str) -> None:
    import_csv(database, staff_token, 'product_sku,name,base_price,sku\nX,"=HYPERLINK(1)",5,X-1\n')

    read = list(csv.DictReader(io.StringIO(export(database, staff_token).decode("utf-8-sig"))))

    assert [row["name"] for row in read] == ["'=HYPERLINK(1)"]


def test_an_export_asked_for_once_is_written_once(database: Any, staff_token: str) -> None:
    export(database, staff_token)
    asked = recorded(database, "export.requested")[0].detail

    assert run("catalog/jobs/write_export", asked, asked) == []


def test_an_unknown_export_is_not_found(database: Any, staff_token: str) -> None:
    path = f"{EXPORTS}/018f0000-0000-7000-8000-000000000000"

    assert call("catalog/admin/get_export", "GET", path, token=staff_token).status == 404


@pytest.mark.skipif(not (DATA / "luma" / "products.csv").exists(), reason="the Luma catalogue is not here")
def test_the_luma_catalogue_survives_the_way_out_and_in(database: Any, staff_token: str) -> None:
    import_file(database, staff_token, (DATA / "luma" / "products.csv").read_bytes(), "magento")

    done = import_file(database, staff_token, export(database, staff_token), "custom")

    assert outcome(done, "products") == (0, 0, 147, 0)
    assert outcome(done, "variants") == (0, 0, 1847, 0)
