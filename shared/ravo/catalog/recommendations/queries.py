"""The SQL of recommendations: products near in meaning first, then bestsellers of its categories, then of the shop."""

from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.projections.queries import summaries_in, with_summaries

_LIKE = with_summaries(
    """
    WITH this AS (
        SELECT l.product_id, l.categories, e.embedding, e.model
        FROM product_listings l LEFT JOIN product_embeddings e USING (product_id)
        WHERE l.product_id = :product_id AND l.published_at <= statement_timestamp()
    ),
    near AS (
        SELECT other.product_id
        FROM product_embeddings other
        WHERE other.model = (SELECT model FROM this)
        ORDER BY other.embedding <=> (SELECT embedding FROM this)
        LIMIT :candidates
    ),
    related AS (
        SELECT l.product_id
        FROM product_listings l
        WHERE l.categories && (SELECT categories FROM this)
        ORDER BY l.sales_count DESC, l.published_at DESC LIMIT :candidates
    ),
    bestselling AS (
        SELECT l.product_id
        FROM product_listings l
        ORDER BY l.sales_count DESC, l.product_id DESC LIMIT :candidates
    ),
    ranked AS (
        SELECT product_id, 1 AS way, row_number() OVER () AS place FROM near
        UNION ALL
        SELECT product_id, 2, row_number() OVER () FROM related
        UNION ALL
        SELECT product_id, 3, row_number() OVER () FROM bestselling
    )
    SELECT ARRAY(
        SELECT r.product_id
        FROM ranked r JOIN product_listings l USING (product_id)
        WHERE r.product_id <> this.product_id AND l.browsable AND l.published_at <= statement_timestamp()
        GROUP BY r.product_id
        ORDER BY min((r.way, r.place))
        LIMIT :limit
    ) AS page
    FROM this
    """
)


def like(session: Session, product_id: UUID, limit: int) -> bytes | None:
    """Return, as JSON, up to `limit` products to show with this one, or None when it is not on sale."""
    # Some of the nearest may not be on sale.
    row = session.execute(_LIKE, {"product_id": product_id, "limit": limit, "candidates": 2 * limit + 10}).one_or_none()
    return summaries_in(row.summaries) if row else None
