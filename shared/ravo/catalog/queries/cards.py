"""Products as cards: one statement for the cards of a page, and how its rows become what is sent.

What comes out of our own tables is not validated again: plain dicts in the shape that `ravo.catalog.schemas.shop` declares
cost a tenth of its models. Tests hold the two together.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog import media
from ravo.platform.database import selection
from ravo.platform.money import text_of

type Json = dict[str, Any]

# A product with hundreds of variants would fill a list by itself; its own page has them all.
VARIANTS_ON_CARD = 50
# Prices repeat from card to card and from page to page.
PRICES_KEPT = 4096

_OF_PRODUCT = (
    "id",
    "sku",
    "slug",
    "name",
    "short_description",
    "currency",
    "average_rating",
    "review_count",
    "featured",
)
_OF_LISTING = ("in_stock", "published_at", "variant_count")
_COLUMNS = (
    {name: f"p.{name}" for name in _OF_PRODUCT}
    | {name: f"l.{name}" for name in _OF_LISTING}
    | {
        "base_price": "p.base_price::text",
        "compare_at_price": "p.compare_at_price::text",
        "price": "l.price::text",
        "price_to": "l.price_to::text",
        "image": "p.images -> 0",
        "variants": "v.variants",
    }
)
_CARDS = selection(
    _COLUMNS,
    f"""
    FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS page (product_id, place)
    JOIN product_listings l USING (product_id)
    JOIN products p ON p.id = l.product_id
    CROSS JOIN LATERAL (
        SELECT json_agg(json_build_array(
            id, sku, size, color, style, coalesce(price, p.sale_price, p.base_price)::text, compare_at_price::text,
            available > 0 OR p.allow_backorder OR NOT p.track_inventory
        ) ORDER BY position, id) AS variants
        FROM (
            SELECT * FROM product_variants
            WHERE product_id = p.id AND is_active AND deleted_at IS NULL
            ORDER BY position, id LIMIT {VARIANTS_ON_CARD}
        ) shown
    ) v
    WHERE l.published_at <= statement_timestamp()
    ORDER BY page.place
    """,
)


def of_products(session: Session, product_ids: Sequence[UUID]) -> list[Json]:
    """Return the cards (`ProductSummary`) of those of these products that are on sale, in the order given."""
    if not product_ids:
        return []
    return [_card(row) for row in session.execute(_CARDS, {"ids": list(product_ids)})]


def _card(row: Any) -> Json:
    currency, stated, base = row.currency, row.compare_at_price, row.base_price
    return {
        "id": row.id,
        "sku": row.sku,
        "slug": row.slug,
        "name": row.name,
        "shortDescription": row.short_description,
        "price": money(row.price, currency),
        "priceTo": money(row.price_to, currency),
        "compareAtPrice": compare_at(stated, row.price, base, currency),
        "image": image(row.image),
        "inStock": row.in_stock,
        "averageRating": row.average_rating,
        "reviewCount": row.review_count,
        "featured": row.featured,
        "publishedAt": row.published_at,
        "variantCount": row.variant_count,
        "variants": [
            {
                "id": identifier,
                "sku": sku,
                "size": size,
                "color": color,
                "style": style,
                "price": money(price, currency),
                "compareAtPrice": compare_at(own or stated, price, base, currency),
                "inStock": in_stock,
            }
            for identifier, sku, size, color, style, price, own, in_stock in row.variants
        ],
    }


@lru_cache(PRICES_KEPT)
def money(amount: str, currency: str) -> Json:
    """Write an amount that SQL gave as text; whoever asks for the same again gets the same dict, so none may change it."""
    return {"amount": text_of(Decimal(amount), currency), "currency": currency}


@lru_cache(PRICES_KEPT)
def compare_at(stated: str | None, price: str, base_price: str, currency: str) -> Json | None:
    """The price that is struck out beside `price`: the one stated, or the base price of what is on sale; none that is no higher."""
    struck = stated or base_price
    return money(struck, currency) if Decimal(struck) > Decimal(price) else None


def image(value: Json | None) -> Json | None:
    """Read one picture of a product's list of them."""
    return {"url": media.shown(value["url"]), "alt": value.get("alt", "")} if value else None


def images(values: Iterable[Json]) -> list[Json]:
    """Read a product's list of pictures."""
    return [{"url": media.shown(value["url"]), "alt": value.get("alt", "")} for value in values]
