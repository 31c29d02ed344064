"""The tree of categories, and collections, as shoppers see them."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.catalog.queries import cards
from ravo.catalog.queries.browse import Listed
from ravo.catalog.queries.facts import Json

# Counted by the keys of whole arrays first, as facets are, and then by the few different arrays.
_TREE = text(
    """
    WITH counted AS (
        SELECT any_value(l.product_id) AS sample, count(*) AS number
        FROM product_listings l
        WHERE l.browsable AND l.published_at <= statement_timestamp()
        GROUP BY l.categories_key
    ),
    sizes AS (
        SELECT word, sum(counted.number)::integer AS number
        FROM counted
        JOIN product_listings l ON l.product_id = counted.sample
        CROSS JOIN LATERAL unnest(l.categories) AS word
        GROUP BY word
    )
    SELECT c.id, c.parent_id, c.slug, c.path, c.name, c.description, coalesce(sizes.number, 0) AS product_count
    FROM categories c LEFT JOIN sizes ON sizes.word = '/' || c.path
    ORDER BY c.position, c.name, c.id
    """
)

_COLLECTION = cards.with_cards(
    """
    SELECT c.id, c.slug, c.name, c.description, ids.total, ids.page
    FROM collections c
    CROSS JOIN LATERAL (
        SELECT count(*) AS total,
            coalesce((array_agg(cp.product_id ORDER BY cp.position))[:first : :last], '{}') AS page
        FROM collection_products cp JOIN product_listings l USING (product_id)
        WHERE cp.collection_id = c.id AND l.published_at <= statement_timestamp()
    ) ids
    WHERE c.slug = :slug AND c.is_active
    """,
    "id",
    "slug",
    "name",
    "description",
    "total",
)


def tree(session: Session) -> Sequence[Json]:
    """Return the roots (`CategoryNode`), each with what stands below it."""
    below: dict[UUID | None, list[Json]] = defaultdict(list)
    for row in session.execute(_TREE):
        node: Json = {
            "id": row.id,
            "slug": row.slug,
            "path": row.path,
            "name": row.name,
            "description": row.description,
            "productCount": row.product_count,
            "children": below[row.id],
        }
        below[row.parent_id].append(node)
    return below[None]


def collection(session: Session, slug: str, *, limit: int, offset: int) -> tuple[Json, Listed] | None:
    """Return what an active collection says of itself, and one page of its products; None when there is no such one."""
    row = session.execute(_COLLECTION, {"slug": slug, "first": offset + 1, "last": offset + limit}).one_or_none()
    if row is None:
        return None
    about = {"id": row.id, "slug": row.slug, "name": row.name, "description": row.description}
    return about, Listed(cards.of_page(session, row), row.total)
