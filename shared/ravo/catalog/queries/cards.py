"""Products as cards (`ProductSummary`): written when a product changes, as the JSON that lists send, so that lists only put them together."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy.orm import Session

from ravo.catalog import media
from ravo.catalog.queries import facts
from ravo.catalog.queries.facts import compare_at, money, stock_of
from ravo.platform.database import selection

# A product with hundreds of variants would fill a list by itself; its own page has them all.
VARIANTS_ON_CARD = 50

# Two look-ups for each card: joined, a small shop's listings would all be read for the sake of twenty.
_OF_PAGE = selection(
    {
        "product_id": "page.product_id",
        "card": "(SELECT card FROM product_cards c WHERE c.product_id = page.product_id)",
    },
    """
    FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS page (product_id, place)
    WHERE (SELECT published_at <= statement_timestamp() FROM product_listings l WHERE l.product_id = page.product_id)
    ORDER BY page.place
    """,
)


def of_products(session: Session, product_ids: Sequence[UUID]) -> bytes:
    """Return, as JSON, the cards of those of these products that are on sale, in the order given."""
    rows = session.execute(_OF_PAGE, {"ids": list(product_ids)}).all() if product_ids else ()
    # Code of a version before cards may have left some unwritten; what was taken off sale meanwhile is left out.
    unwritten = [row.product_id for row in rows if row.card is None]
    made = {each.id: card_of(each) for each in facts.of_listed(session, unwritten)} if unwritten else {}
    shown = filter(None, (row.card or made.get(row.product_id) for row in rows))
    return media.shown_in(f"[{','.join(shown)}]").encode()


def card_of(row: Any) -> str:
    """Make a product's card."""
    currency, stated, base = row.currency, row.compare_at_price, row.base_price
    image = next(iter(row.images), None)
    card = {
        "id": row.id,
        "sku": row.sku,
        "slug": row.slug,
        "name": row.name,
        "shortDescription": row.short_description,
        "price": money(row.price, currency),
        "priceTo": money(row.price_to, currency),
        "compareAtPrice": compare_at(stated, row.price, base, currency),
        "image": image and {"url": image["url"], "alt": image.get("alt", "")},
        "inStock": row.in_stock,
        "averageRating": row.average_rating,
        "reviewCount": row.review_count,
        "featured": row.featured,
        "publishedAt": row.published_at,
        "variantCount": row.variant_count,
        "variants": [
            {
                "id": each["id"],
                "sku": each["sku"],
                "size": each["size"],
                "color": each["color"],
                "style": each["style"],
                "price": money(each["price"], currency),
                "compareAtPrice": compare_at(each["compare_at"] or stated, each["price"], base, currency),
                "inStock": stock_of(each, row) != "out",
            }
            for each in row.variants[:VARIANTS_ON_CARD]
        ],
    }
    return to_json(card).decode()
