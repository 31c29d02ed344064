"""Products' pages (`ProductDetail`), one for each language that a product has: written when it changes, as the JSON that goes out."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy.orm import Session

from ravo.catalog.media import service as media
from ravo.catalog.projections import queries as facts
from ravo.catalog.projections.queries import Json, compare_at, money, stock_of
from ravo.platform.database import selection

# What no translation says is said in this language, and each product has a page in it.
LANGUAGE = "en"

_SHOWN = """
    FROM products p
    JOIN product_listings l ON l.product_id = p.id
    CROSS JOIN LATERAL (SELECT (
        SELECT page FROM product_pages
        WHERE product_id = p.id AND locale = ANY(:locales)
        ORDER BY array_position(CAST(:locales AS text[]), locale) LIMIT 1
    ) AS page) written
    WHERE {key} AND p.deleted_at IS NULL AND l.published_at <= statement_timestamp()
"""
_SHOWN_COLUMNS = {"id": "p.id", "page": "written.page"}
_BY_ID = selection(_SHOWN_COLUMNS, _SHOWN.format(key="p.id = :key"))
_BY_SLUG = selection(_SHOWN_COLUMNS, _SHOWN.format(key="p.slug = :key"))


def of_product(session: Session, key: UUID | str, locales: Sequence[str]) -> bytes | None:
    """Return, as JSON, the page of a product on sale by id or slug, in the first of `locales` that it is translated to, else in English; or None."""
    wanted = [*locales, LANGUAGE]
    row = session.execute(_BY_ID if isinstance(key, UUID) else _BY_SLUG, {"key": key, "locales": wanted}).one_or_none()
    if row is None:
        return None
    page = row.page or _unwritten(session, row.id, wanted)
    return media.shown_in(page).encode() if page else None


def pages_of(row: Any) -> dict[str, str]:
    """Make a product's pages, by their languages."""
    return {locale: to_json(_page(row, locale)).decode() for locale in sorted({LANGUAGE, *row.translations})}


def _unwritten(session: Session, product_id: UUID, locales: Sequence[str]) -> str | None:
    """Make the page that code of a version before pages has left unwritten; none of a product that was taken off sale meanwhile."""
    for row in facts.of_listed(session, [product_id]):
        made = pages_of(row)
        return next(made[locale] for locale in locales if locale in made)
    return None


def _page(row: Any, locale: str) -> Json:
    said = row.translations.get(locale, {})
    return {
        "id": row.id,
        "sku": row.sku,
        "slug": row.slug,
        "name": said.get("name") or row.name,
        "description": said.get("description") or row.description,
        "shortDescription": said.get("short_description") or row.short_description,
        "price": money(row.price, row.currency),
        "priceTo": money(row.price_to, row.currency),
        "compareAtPrice": compare_at(row.compare_at_price, row.price, row.base_price, row.currency),
        "inStock": row.in_stock,
        "guestPurchaseable": row.guest_purchaseable,
        "features": row.features,
        "materials": row.materials,
        "sustainability": row.sustainability,
        "attributes": row.attributes,
        "sizeGuide": row.size_guide,
        "images": _images(row.images),
        "videos": _images(row.videos),
        "categories": row.categories,
        "tags": row.tags,
        "averageRating": row.average_rating,
        "reviewCount": row.review_count,
        "featured": row.featured,
        "metaTitle": said.get("meta_title") or row.meta_title,
        "metaDescription": said.get("meta_description") or row.meta_description,
        "locale": locale,
        "availableLocales": sorted({LANGUAGE, *row.translations}),
        "publishedAt": row.published_at,
        "updatedAt": row.updated_at,
        "variants": [_variant(values, row) for values in row.variants],
    }


def _variant(values: Json, row: Any) -> Json:
    price, stock = values["price"], stock_of(values, row)
    stated = values["compare_at"] or row.compare_at_price
    return {
        "id": values["id"],
        "sku": values["sku"],
        "size": values["size"],
        "color": values["color"],
        "style": values["style"],
        "price": money(price, row.currency),
        "compareAtPrice": compare_at(stated, price, row.base_price, row.currency),
        "inStock": stock != "out",
        "barcode": values["barcode"],
        "stock": stock,
        "weightGrams": values["weight_grams"],
        "dimensions": values["dimensions"],
        "images": _images(values["images"]),
    }


def _images(values: Iterable[Json]) -> list[Json]:
    return [{"url": value["url"], "alt": value.get("alt", "")} for value in values]
