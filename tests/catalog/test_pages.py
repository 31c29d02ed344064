"""Pages: written in each of a product's languages when anything that they say changes, and found to be what they would be."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from ravo.catalog.projections import service as projections
from ravo.operations.doctor.service import find_drift
from ravo.platform.cache import Group, drop
from tests.catalog.shop import ADMIN, category, change, eur, page_of, publish, read, sell, variants_of
from tests.gateway import call
from tests.inventory.stock import adjust
from tests.jobs import drain

GERMAN = {"accept-language": "de"}


def page(slug: str = "hat", **request: Any) -> Any:
    """A product's page as the shop is now."""
    drop(Group.PRODUCTS)
    return page_of(slug, **request).data


def test_a_page_follows_each_change_of_what_it_says(database: Any, staff_token: str) -> None:
    women = category(staff_token, "Women")
    hat = sell(staff_token, "HAT", "Hat", "20.00", categoryIds=[women["id"]], tags=["Sun"])
    before = page()

    path = f"{ADMIN}/categories/{women['id']}"
    body = {"name": "Ladies", "version": women["version"]}
    assert call("catalog/admin/update_category", "PATCH", path, body=body, token=staff_token).status == 200
    (tag,) = call("catalog/admin/list_tags", "GET", f"{ADMIN}/tags", token=staff_token).data
    path = f"{ADMIN}/tags/{tag['id']}"
    body = {"name": "Shade", "version": tag["version"]}
    assert call("catalog/admin/update_tag", "PATCH", path, body=body, token=staff_token).status == 200
    assert change(staff_token, hat, salePrice=eur("15.00"), materials="Straw").status == 200

    after = page()
    assert ([c["name"] for c in before["categories"]], before["tags"]) == (["Women"], ["Sun"])
    assert ([c["name"] for c in after["categories"]], after["tags"]) == (["Ladies"], ["Shade"])
    assert (after["price"], after["compareAtPrice"], after["materials"]) == (eur("15.00"), eur("20.00"), "Straw")
    assert after["updatedAt"] > before["updatedAt"]
    assert find_drift() == []


def test_a_language_comes_with_its_translation_and_goes_with_it(database: Any, staff_token: str) -> None:
    hat = sell(staff_token, "HAT", "Hat")
    assert page(headers=GERMAN)["name"] == "Hat"

    assert change(staff_token, hat, translations={"de": {"name": "Hut"}}).status == 200
    there = page(headers=GERMAN)
    assert change(staff_token, read(staff_token, hat), translations={}).status == 200
    gone = page(headers=GERMAN)

    assert (there["name"], there["locale"], there["availableLocales"]) == ("Hut", "de", ["de", "en"])
    assert (gone["name"], gone["locale"], gone["availableLocales"]) == ("Hat", "en", ["en"])
    assert database.execute(text("SELECT locale FROM product_pages")).scalars().all() == ["en"]
    assert find_drift() == []


def test_a_page_says_when_little_is_left(database: Any, staff_token: str) -> None:
    hat = sell(staff_token, "HAT", "Hat")
    (only,) = variants_of(staff_token, hat)

    def after(delta: int) -> str:
        assert adjust(staff_token, only["id"], delta=delta).status == 201
        drain(database)
        return page()["variants"][0]["stock"]

    assert [after(delta) for delta in (20, -15, -5, 6)] == ["in_stock", "low", "out", "in_stock"]
    assert find_drift() == []


def test_pages_are_kept_without_the_shops_address_and_shown_with_it(
    database: Any, staff_token: str, media_moves: Callable[[], None]
) -> None:
    ours, theirs = "http://localhost:8000/media/hat.svg", "https://elsewhere.example/hat.svg"
    sell(staff_token, "HAT", "Hat", images=[{"url": ours, "alt": "A hat"}, {"url": theirs, "alt": ""}])
    media_moves()

    assert page()["images"] == [
        {"url": "https://cdn.example/media/hat.svg", "alt": "A hat"},
        {"url": theirs, "alt": ""},
    ]
    assert "localhost" not in database.scalar(text("SELECT page FROM product_pages"))


def test_a_product_whose_pages_are_missing_is_not_there_until_a_deployment_writes_them(
    database: Any, staff_token: str
) -> None:
    sell(staff_token, "HAT", "Hat", translations={"de": {"name": "Hut"}})
    before = [page(), page(headers=GERMAN)]
    database.execute(text("DELETE FROM product_pages"))
    drop(Group.PRODUCTS)

    assert page_of("hat").status == 404
    assert (projections.write_stale(), projections.write_stale()) == (1, 0)
    assert [page(), page(headers=GERMAN)] == before
    assert database.scalar(text("SELECT count(*) FROM product_pages")) == 2


@pytest.mark.parametrize(
    "change_",
    [
        "UPDATE product_pages SET page = replace(page, 'Hut', 'Mütze') WHERE locale = 'de'",
        "DELETE FROM product_pages WHERE locale = 'de'",
        "INSERT INTO product_pages SELECT product_id, 'fr', page FROM product_pages WHERE locale = 'en'",
    ],
)
def test_the_doctor_finds_pages_that_are_not_what_they_would_be(database: Any, staff_token: str, change_: str) -> None:
    hat = sell(staff_token, "HAT", "Hat", translations={"de": {"name": "Hut"}})
    database.execute(text(change_))

    assert find_drift() == [{"productId": hat["id"], "shown": "outdated"}]
    assert projections.write_stale() == 1
    assert find_drift() == []


def test_what_is_not_listed_has_no_pages(database: Any, staff_token: str) -> None:
    hat = sell(staff_token, "HAT", "Hat")
    path = f"{ADMIN}/products/{hat['id']}/unpublish"
    assert call("catalog/admin/unpublish_product", "POST", path, token=staff_token).status == 200

    assert page_of("hat").status == 404
    assert database.scalar(text("SELECT count(*) FROM product_pages")) == 0

    assert publish(staff_token, hat["id"]).status == 200
    assert page()["name"] == "Hat"
