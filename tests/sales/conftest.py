"""Products, customers and orders that several tests begin with."""

from typing import Any

import pytest

from tests.catalog.shop import eur, sell
from tests.gateway import call
from tests.identity.people import register
from tests.inventory.stock import adjust
from tests.jobs import drain
from tests.sales.carts import goods
from tests.sales.orders import checkout, pay, ready_cart, report


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


@pytest.fixture
def ada(database: Any) -> str:
    """A customer's token."""
    return register("ada@example.com").data["accessToken"]


@pytest.fixture
def paid(database: Any, staff_token: str, ada: str) -> str:
    """Ada's paid order of two shirts and a hoodie, 114.90 with shipping."""
    (shirt,) = goods(staff_token, "TEE", basePrice=eur("30.00"), stock=10)
    (hoodie,) = goods(staff_token, "HOOD", basePrice=eur("50.00"), stock=10)
    placed = checkout(ready_cart(database, (shirt, 2), (hoodie, 1), token=ada), token=ada).data
    pay(placed)
    report(placed)
    drain(database)
    return placed["orderId"]
