"""A small shop to look at."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ravo.platform.settings import forget_settings
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


@pytest.fixture
def media_moves(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Call it, and pictures are served from `https://cdn.example/media` until the test is over."""

    def move() -> None:
        monkeypatch.setenv("MEDIA_URL", "https://cdn.example/media")
        forget_settings()

    yield move
    monkeypatch.undo()
    forget_settings()
