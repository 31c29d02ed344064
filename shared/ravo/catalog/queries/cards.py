"""Products as cards: the columns, the variants in one aggregate, and how a row becomes a schema."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ravo.catalog.schemas.shop import Image, ProductSummary, VariantSummary
from ravo.platform.schemas import Money
from ravo.platform.settings import settings

MEDIA_PATH = "/media/"

# A product with hundreds of variants would fill a list by itself; its own page has them all.
VARIANTS_ON_CARD = 50

# Joined to a relation `page(product_id, rank)`: the cards of one page, in its order, with their variants, in one statement.
CARDS = f"""
SELECT p.id, p.sku, p.slug, p.name, p.short_description, p.currency, p.base_price::text AS base_price,
    p.compare_at_price::text AS compare_at_price, l.price::text AS price, l.price_to::text AS price_to,
    p.images -> 0 AS image, l.in_stock, p.average_rating, p.review_count, p.featured, l.published_at,
    v.variant_count, v.variants, page.rank
FROM page
JOIN product_listings l ON l.product_id = page.product_id
JOIN products p ON p.id = page.product_id
CROSS JOIN LATERAL (
    SELECT max(total) AS variant_count, json_agg(
        json_build_array(id, sku, size, color, style, price, compare_at_price, in_stock) ORDER BY position, id
    ) AS variants
    FROM (
        SELECT id, sku, size, color, style, position, count(*) OVER () AS total,
            coalesce(price, p.sale_price, p.base_price)::text AS price, compare_at_price::text AS compare_at_price,
            available > 0 OR p.allow_backorder OR NOT p.track_inventory AS in_stock
        FROM product_variants
        WHERE product_id = p.id AND is_active AND deleted_at IS NULL
        ORDER BY position, id
        LIMIT {VARIANTS_ON_CARD}
    ) shown
) v
ORDER BY page.rank
"""


def summary(row: Any) -> ProductSummary:
    """Make a card of a row of `CARDS`. The values come from our own tables, so nothing is validated again."""
    currency = row.currency
    return ProductSummary.model_construct(
        id=row.id,
        sku=row.sku,
        slug=row.slug,
        name=row.name,
        short_description=row.short_description,
        price=money(row.price, currency),
        price_to=money(row.price_to, currency),
        compare_at_price=compare_at(row.compare_at_price, row.price, row.base_price, currency),
        image=image(row.image),
        in_stock=row.in_stock,
        average_rating=row.average_rating,
        review_count=row.review_count,
        featured=row.featured,
        published_at=row.published_at,
        variant_count=row.variant_count,
        variants=[_variant(values, row) for values in row.variants],
    )


def money(amount: str, currency: str) -> Money:
    """Write an amount that SQL gave as text."""
    return Money.of(Decimal(amount), currency)


def compare_at(stated: str | None, price: str, base_price: str, currency: str) -> Money | None:
    """The price that is struck out beside `price`: the one stated, or the base price of what is on sale; none that is no higher."""
    struck = stated or base_price
    return money(struck, currency) if Decimal(struck) > Decimal(price) else None


def image(value: dict[str, Any] | None) -> Image | None:
    """Read one picture of a product's list of them."""
    return _image(value) if value else None


def images(values: Iterable[dict[str, Any]]) -> list[Image]:
    """Read a product's list of pictures."""
    return [_image(value) for value in values]


def _image(value: dict[str, Any]) -> Image:
    url: str = value["url"]
    # Our own pictures are stored without their host, so that a shop can move; whoever asks gets the whole address.
    if url.startswith(MEDIA_PATH):
        url = settings().media_url.rstrip("/") + url.removeprefix(MEDIA_PATH.rstrip("/"))
    return Image.model_construct(url=url, alt=value.get("alt", ""))


def _variant(values: list[Any], row: Any) -> VariantSummary:
    identifier, sku, size, color, style, price, stated, in_stock = values
    return VariantSummary.model_construct(
        id=identifier,
        sku=sku,
        size=size,
        color=color,
        style=style,
        price=money(price, row.currency),
        compare_at_price=compare_at(stated or row.compare_at_price, price, row.base_price, row.currency),
        in_stock=in_stock,
    )
