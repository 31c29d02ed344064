"""Exports as staff see them, and products as rows of their file."""

import json
from collections.abc import Iterator
from typing import Any

from ravo.catalog.exports.models import Export
from ravo.catalog.exports.queries import ExportedProduct
from ravo.catalog.exports.schemas import ExportReply
from ravo.catalog.imports.fields import PRODUCT_FIELDS, VARIANT_FIELDS
from ravo.catalog.text import slug_of
from ravo.platform import storage
from ravo.platform.settings import settings

COLUMNS = (*PRODUCT_FIELDS, *VARIANT_FIELDS)
_VARIANT_COLUMN = {
    "variant_price": "price",
    "variant_compare_at_price": "compare_at_price",
    "variant_cost_price": "cost_price",
    "variant_images": "images",
}


def export_of(export: Export) -> ExportReply:
    """Return an export as staff see it; the link is signed here, without a call."""
    url = None
    if export.status == "completed":
        url = storage.presign_download(str(settings().uploads_bucket), export.key, filename="catalogue.csv")
    return ExportReply(
        id=export.id,
        status=export.status,
        rows=export.rows,
        url=url,
        created_at=export.created_at,
        updated_at=export.updated_at,
    )


def rows_of(row: ExportedProduct) -> Iterator[dict[str, str]]:
    """Yield one row per variant; the first row holds the product's own columns."""
    product = {name: _cell(row.product.get(name)) for name in PRODUCT_FIELDS}
    product |= {
        "product_sku": row.product["sku"],
        "features": _words(row.product["features"]),
        "tags": _words(row.tags),
        "categories": _paths(row.categories),
    }
    for position, variant in enumerate(row.variants):
        own = {name: _cell(variant.get(_VARIANT_COLUMN.get(name, name))) for name in VARIANT_FIELDS}
        yield own | (product if position == 0 else {"product_sku": row.product["sku"]})
    if not row.variants:
        yield product


def _words(words: list[str]) -> str:
    plain = not any("|" in word or word.startswith("[") for word in words)
    return "|".join(words) if plain else json.dumps(words, ensure_ascii=False)


def _paths(paths: list[list[list[str]]]) -> str:
    plain = all(slug_of(name) == slug and not set(name) & set("|>=[") for path in paths for slug, name in path)
    if plain:
        return "|".join(">".join(name for _, name in path) for path in paths)
    return json.dumps(paths, ensure_ascii=False)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case dict() | list():
            return json.dumps(value, ensure_ascii=False) if value else ""
        case _:
            return str(value)
