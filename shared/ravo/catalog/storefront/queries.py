"""The SQL of categories and collections as shoppers see them."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.catalog.listings.queries import Listed
from ravo.catalog.projections.queries import summaries_in, with_summaries


class CategoryRow(NamedTuple):
    """A category, and how many products are in it or below it."""

    id: UUID
    parent_id: UUID | None
    slug: str
    path: str
    name: str
    description: str
    product_count: int


class CollectionRow(NamedTuple):
    """A collection, and the requested page of its products."""

    id: UUID
    slug: str
    name: str
    description: str
    listed: Listed


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
_COLLECTION = with_summaries(
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


def categories(session: Session) -> Sequence[CategoryRow]:
    """Return all categories, in the order in which siblings are shown."""
    return [CategoryRow._make(row) for row in session.execute(_TREE)]


def collection(session: Session, slug: str, *, limit: int, offset: int) -> CollectionRow | None:
    """Return an active collection with one page of its products."""
    row = session.execute(_COLLECTION, {"slug": slug, "first": offset + 1, "last": offset + limit}).one_or_none()
    if row is None:
        return None
    listed = Listed(summaries_in(row.summaries), row.total)
    return CollectionRow(row.id, row.slug, row.name, row.description, listed)
