"""A small shop to look at."""

from typing import Any

import pytest

from tests.catalog.shop import category, eur, sell


@pytest.fixture
def shop(database: Any, staff_token: str) -> dict[str, Any]:
    """Three products in two categories."""
    women = category(staff_token, "Women")
    tops = category(staff_token, "Tops", women)
    gear = category(staff_token, "Gear")
    hoodie = sell(
        staff_token, "HOOD", "Trail Hoodie", "80.00", categoryIds=[tops["id"]], features=["Warm", "Recycled"],
        tags=["Winter"], matrix={"sizes": ["S", "M"], "colors": ["Red", "Blue"]}, trackInventory=False,
    )  # fmt: skip
    tank = sell(
        staff_token, "TANK", "Air Tank", "30.00", categoryIds=[tops["id"]], features=["Light"],
        salePrice=eur("25.00"), matrix={"sizes": ["M", "L"], "colors": ["Red"]}, featured=True,
    )  # fmt: skip
    mat = sell(staff_token, "MAT", "Zen Mat", "40.00", categoryIds=[gear["id"]], trackInventory=False)
    return {"women": women, "tops": tops, "gear": gear, "hoodie": hoodie, "tank": tank, "mat": mat}
