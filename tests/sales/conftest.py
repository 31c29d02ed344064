"""Goods and orders that several tests begin with."""

from typing import Any

import pytest

from tests.catalog.shop import eur, sell
from tests.gateway import call
from tests.inventory.stock import adjust
from tests.sales.carts import goods
from tests.sales.orders import checkout, ready_cart


@pytest.fixture
def hoodie(database: Any, staff_token: str) -> str:
    """A black hoodie in M for 50.00."""
    variants = [{"sku": "HOOD-M", "size": "M", "color": "black"}]
    product = sell(staff_token, "HOOD", "Läufer & Hoodie", variants=variants)
    path = f"/api/v1/catalog/admin/products/{product['id']}/variants"
    (variant,) = call("catalog/admin/list_variants", "GET", path, token=staff_token).data
    assert adjust(staff_token, variant["id"], delta=9).status == 201
    return variant["id"]


@pytest.fixture
def placed(database: Any, staff_token: str) -> Any:
    """An order of two pieces of three, which waits for 44.90."""
    (small,) = goods(staff_token, basePrice=eur("20.00"), stock=3)
    return checkout(ready_cart(database, (small, 2))).data | {"variant": small}
