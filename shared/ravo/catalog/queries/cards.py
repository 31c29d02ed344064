"""Products as cards (`ProductSummary`): written when a product changes, as the JSON that lists send, so that lists only put them together.

What comes out of our own tables is not validated again: plain dicts in the shape that `ravo.catalog.schemas.shop` declares
cost a tenth of its models. Tests hold the two together.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.catalog import media
from ravo.platform.database import selection
from ravo.platform.money import text_of

type Json = dict[str, Any]

# A product with hundreds of variants would fill a list by itself; its own page has them all.
VARIANTS_ON_CARD = 50
# Prices repeat from card to card and from page to page.
PRICES_KEPT = 4096
COMPARED_AT_ONCE = 500

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
_FACTS = selection(
    _COLUMNS,
    f"""
    FROM product_listings l
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
    WHERE l.product_id = ANY(:ids)
    """,
)
_WRITE = text(
    """
    INSERT INTO product_cards AS written (product_id, card)
    SELECT product_id, card FROM unnest(CAST(:ids AS uuid[]), CAST(:cards AS text[])) AS made (product_id, card)
    ON CONFLICT (product_id) DO UPDATE SET card = excluded.card WHERE written.card <> excluded.card
    """
)
_SOME = text(
    """
    SELECT product_id, card FROM product_listings LEFT JOIN product_cards USING (product_id)
    WHERE product_id > :after ORDER BY product_id LIMIT :limit
    """
)
_OF_PAGE = selection(
    {"product_id": "l.product_id", "card": "c.card"},
    """
    FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS page (product_id, place)
    JOIN product_listings l USING (product_id)
    LEFT JOIN product_cards c USING (product_id)
    WHERE l.published_at <= statement_timestamp()
    ORDER BY page.place
    """,
)


def of_products(session: Session, product_ids: Sequence[UUID]) -> bytes:
    """Return, as JSON, the cards of those of these products that are on sale, in the order given."""
    rows = session.execute(_OF_PAGE, {"ids": list(product_ids)}).all() if product_ids else ()
    unwritten = [row.product_id for row in rows if row.card is None]
    made = _made(session, unwritten) if unwritten else {}
    return media.shown_in(f"[{','.join(row.card or made[row.product_id] for row in rows)}]").encode()


def write(session: Session, product_ids: Sequence[UUID]) -> None:
    """Write anew the cards of those of these products that are listed, in the transaction that changed them.

    Their listings must be locked: two that change a product at once would each write a card without the change of the other.
    """
    made = _made(session, product_ids)
    if made:
        session.execute(_WRITE, {"ids": list(made), "cards": list(made.values())})


def outdated(session: Session) -> Iterator[UUID]:
    """Yield the listed products whose card is not what it would be if it was written now, or missing."""
    after = UUID(int=0)
    while rows := session.execute(_SOME, {"after": after, "limit": COMPARED_AT_ONCE}).all():
        made = _made(session, [row.product_id for row in rows])
        yield from (row.product_id for row in rows if row.card != made.get(row.product_id))
        after = rows[-1].product_id


def _made(session: Session, product_ids: Sequence[UUID]) -> dict[UUID, str]:
    rows = session.execute(_FACTS, {"ids": list(product_ids)})
    return {row.id: to_json(_card(row)).decode() for row in rows}


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
        "image": row.image and {"url": row.image["url"], "alt": row.image.get("alt", "")},
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


def images(values: Iterable[Json]) -> list[Json]:
    """Read a product's list of pictures."""
    return [{"url": media.shown(value["url"]), "alt": value.get("alt", "")} for value in values]
