"""Products as cards (`ProductSummary`): written when a product changes, as the JSON that lists send, so that lists only put them together."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import TextualSelect
from sqlalchemy.orm import Session

from ravo.catalog.media import service as media
from ravo.catalog.projections import queries as facts
from ravo.catalog.projections.queries import compare_at, money, stock_of
from ravo.platform.database import selection

# A product with hundreds of variants would fill a list by itself; its own page has them all.
VARIANTS_ON_CARD = 50

# The page is put together beside what finds it: another statement would be another trip to the database. Each card is
# looked up by itself: joined, a small shop's cards would all be read for the sake of twenty. OFFSET 0 has it looked up once,
# though two aggregates are of it.
_WITH_CARDS = """
    FROM ({found}) found
    CROSS JOIN LATERAL (
        SELECT coalesce(string_agg(card, ',' ORDER BY place), '') AS cards,
            CASE WHEN count(card) < count(*) THEN array_agg(product_id ORDER BY place) END AS page
        FROM (
            SELECT place, product_id, (SELECT card FROM product_cards c WHERE c.product_id = ids.product_id) AS card
            FROM unnest(found.page) WITH ORDINALITY AS ids (product_id, place)
            OFFSET 0
        ) each
    ) written
"""


def with_cards(found: str, *columns: str) -> TextualSelect:
    """Make the statement that returns, of a `SELECT` of a `page` of products' ids, these columns and the page's cards, for `of_page`."""
    own = {column: f"found.{column}" for column in columns}
    return selection(own | {"cards": "written.cards", "page": "written.page"}, _WITH_CARDS.format(found=found))


def of_page(session: Session, row: Any) -> bytes:
    """Return, as JSON, the cards of a row of `with_cards`, in the order of its page."""
    return media.shown_in(f"[{row.cards if row.page is None else _made(session, row.page)}]").encode()


def _made(session: Session, page: Sequence[UUID]) -> str:
    """Make the cards of a page, some of which code of a version before cards has left unwritten; what was taken off sale meanwhile is left out."""
    made = {each.id: card_of(each) for each in facts.of_listed(session, page)}
    return ",".join(made[product_id] for product_id in page if product_id in made)


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
