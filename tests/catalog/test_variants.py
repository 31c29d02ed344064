"""Variants of a product, as staff add, change and delete them."""

from typing import Any

import pytest

from tests.catalog.shop import PRODUCTS, add_variant, change_variant, create, eur, page_of, sell, variants_of
from tests.gateway import call
from tests.jobs import recorded


def test_variants_are_added_changed_and_deleted(database: Any, staff_token: str) -> None:
    product = sell(staff_token, "S", "Shoe", variants=[{"sku": "S-40", "size": "40"}], trackInventory=False)

    added = add_variant(staff_token, product, sku="S-41", size="41", price=eur("55.00"))
    assert (added.status, added.data["price"], added.data["version"]) == (201, eur("55.00"), 1)
    changed = change_variant(staff_token, product, added.data, price=None, size="42")
    assert (changed.status, changed.data["price"], changed.data["size"]) == (200, None, "42")
    assert change_variant(staff_token, product, added.data, size="43").error["code"] == "VERSION_CONFLICT"
    path = f"{PRODUCTS}/{product['id']}/variants/{added.data['id']}"
    assert call("catalog/admin/delete_variant", "DELETE", path, token=staff_token).status == 204
    assert call("catalog/admin/delete_variant", "DELETE", path, token=staff_token).status == 404
    assert [v["sku"] for v in page_of("shoe").data["variants"]] == ["S-40"]
    assert [event.detail["version"] for event in recorded(database, "product.updated")] == [3, 4, 5]


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"sku": "S-40"}, 409, "This SKU is already in use. Choose another."),
        ({"sku": "S-9", "size": "40"}, 409, "The product already has a variant with this size, colour and style. Change one of them."),
        ({"sku": "S-9", "price": {"amount": "1", "currency": "USD"}}, 422, "The request has values that can't be accepted."),
    ],
)  # fmt: skip
def test_a_variant_that_clashes_is_refused(
    database: Any, staff_token: str, body: dict[str, Any], status: int, message: str
) -> None:
    product = create(staff_token, "S", "Shoe", variants=[{"sku": "S-40", "size": "40"}])

    reply = add_variant(staff_token, product, **body)

    assert (reply.status, reply.error["message"]) == (status, message)
    assert len(variants_of(staff_token, product)) == 1


def test_a_variant_keeps_its_sku_and_its_activity_said(database: Any, staff_token: str) -> None:
    product = create(staff_token, "S", "Shoe")
    variant = variants_of(staff_token, product)[0]

    assert change_variant(staff_token, product, variant, sku=None).status == 422
    assert change_variant(staff_token, product, variant, isActive=None).status == 422
    other = create(staff_token, "T", "Tee")
    assert change_variant(staff_token, other, variant, size="1").status == 404
