"""What cards and pages of products are made of: everything that they say, in one statement, and how prices and stock are said.

What comes out of our own tables is not validated again: plain dicts in the shape that `ravo.catalog.schemas.shop` declares
cost a tenth of its models. Tests hold the two together.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.platform.database import selection
from ravo.platform.money import text_of

type Json = dict[str, Any]

# Below this a page may say that few are left; a variant's own alert level goes first.
LOW_STOCK = 5
# Prices repeat from product to product.
PRICES_KEPT = 4096

_OF_PRODUCT = (
    "id",
    "sku",
    "slug",
    "name",
    "description",
    "short_description",
    "currency",
    "guest_purchaseable",
    "features",
    "materials",
    "sustainability",
    "attributes",
    "size_guide",
    "images",
    "videos",
    "average_rating",
    "review_count",
    "featured",
    "meta_title",
    "meta_description",
    "updated_at",
    "track_inventory",
    "allow_backorder",
)
_COLUMNS = {name: f"p.{name}" for name in _OF_PRODUCT} | {
    "base_price": "p.base_price::text",
    "compare_at_price": "p.compare_at_price::text",
    "price": "l.price::text",
    "price_to": "l.price_to::text",
    "in_stock": "l.in_stock",
    "variant_count": "l.variant_count",
    "published_at": "l.published_at",
    "variants": "v.variants",
    "categories": "c.categories",
    "tags": "t.tags",
    "translations": "i18n.translations",
}
_FACTS = selection(
    _COLUMNS,
    """
    FROM products p
    JOIN product_listings l ON l.product_id = p.id
    CROSS JOIN LATERAL (
        SELECT json_agg(json_build_object(
            'id', id, 'sku', sku, 'barcode', barcode, 'size', size, 'color', color, 'style', style,
            'price', coalesce(price, p.sale_price, p.base_price)::text, 'compare_at', compare_at_price::text,
            'available', available, 'low_stock_alert', low_stock_alert, 'weight_grams', weight_grams,
            'dimensions', dimensions, 'images', images
        ) ORDER BY position, id) AS variants
        FROM product_variants
        WHERE product_id = p.id AND is_active AND deleted_at IS NULL
    ) v
    CROSS JOIN LATERAL (
        SELECT coalesce(json_agg(
            json_build_object('id', c.id, 'slug', c.slug, 'path', c.path, 'name', c.name) ORDER BY c.path
        ), '[]') AS categories
        FROM product_categories pc JOIN categories c ON c.id = pc.category_id
        WHERE pc.product_id = p.id
    ) c
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(tags.name ORDER BY tags.name), '{}') AS tags
        FROM product_tags JOIN tags ON tags.id = product_tags.tag_id
        WHERE product_tags.product_id = p.id
    ) t
    CROSS JOIN LATERAL (
        SELECT coalesce(json_object_agg(locale, json_build_object(
            'name', name, 'description', description, 'short_description', short_description,
            'meta_title', meta_title, 'meta_description', meta_description
        )), '{}') AS translations
        FROM product_translations WHERE product_id = p.id
    ) i18n
    WHERE l.product_id = ANY(:ids)
    """,
)

_SHOW_AVAILABLE = text(
    """
    WITH shown AS (
        UPDATE product_variants v SET available = t.available, stock_as_of = :as_of
        FROM jsonb_to_recordset(:told) AS t (id uuid, available integer)
        WHERE v.id = t.id AND (v.stock_as_of IS NULL OR v.stock_as_of < :as_of)
        RETURNING v.product_id
    )
    SELECT DISTINCT product_id FROM shown ORDER BY product_id
    """
)


def of_listed(session: Session, product_ids: Sequence[UUID]) -> Sequence[Any]:
    """Return a row of `_COLUMNS` for each of these products that is listed."""
    return session.execute(_FACTS, {"ids": list(product_ids)}).all()


def show_available(session: Session, told: Mapping[UUID, int], *, as_of: datetime) -> list[UUID]:
    """Take over how many pieces there are, unless something newer was told; returns the products concerned."""
    rows = [{"id": str(variant_id), "available": count} for variant_id, count in sorted(told.items())]
    return list(session.scalars(_SHOW_AVAILABLE, {"told": Jsonb(rows), "as_of": as_of}))


def stock_of(variant: Json, product: Any) -> str:
    """Say how it stands with a variant's stock: `in_stock`, `low`, `backorder` or `out`."""
    if not product.track_inventory:
        return "in_stock"
    if variant["available"] <= 0:
        return "backorder" if product.allow_backorder else "out"
    alert = LOW_STOCK if variant["low_stock_alert"] is None else variant["low_stock_alert"]
    return "low" if variant["available"] <= alert else "in_stock"


@lru_cache(PRICES_KEPT)
def money(amount: str, currency: str) -> Json:
    """Write an amount that SQL gave as text; whoever asks for the same again gets the same dict, so none may change it."""
    return {"amount": text_of(Decimal(amount), currency), "currency": currency}


@lru_cache(PRICES_KEPT)
def compare_at(stated: str | None, price: str, base_price: str, currency: str) -> Json | None:
    """The price that is struck out beside `price`: the one stated, or the base price of what is on sale; none that is no higher."""
    struck = stated or base_price
    return money(struck, currency) if Decimal(struck) > Decimal(price) else None
