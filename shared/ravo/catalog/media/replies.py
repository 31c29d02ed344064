"""Pictures as staff and shoppers can fetch them."""

from collections.abc import Sequence
from typing import Any

from ravo.catalog.media.schemas import Image
from ravo.catalog.media.service import shown


def images_of(values: Sequence[dict[str, Any]]) -> list[Image]:
    """Return pictures under the addresses that this environment serves them from."""
    return [Image(url=shown(value["url"]), alt=value.get("alt", "")) for value in values]
