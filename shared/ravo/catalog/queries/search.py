"""Matching words and meaning, and ranking what matches, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.catalog.queries.browse import ORDER, Filters, Sort, conditions
from ravo.catalog.queries.cards import CARDS, summary
from ravo.catalog.schemas.shop import ProductSummary, Suggestion

NEIGHBOURS = 50
# Reciprocal rank fusion (Cormack et al., 2009) with its usual constant: what both ways find near the top comes first.
FUSION = 60


@dataclass(frozen=True)
class Wanted:
    """What a search looks for: words in the search columns' spelling, and their meaning where it is known."""

    words: tuple[str, ...]
    vector: tuple[float, ...] | None
    similar_from: float
    joined_by: str = " & "

    def any_word(self) -> Self:
        """The same search, content with any of the words."""
        return replace(self, joined_by=" | ")

    @property
    def query(self) -> str:
        """The words as a tsquery's text; each also matches as the beginning of a longer word."""
        return self.joined_by.join(f"{word}:*" for word in self.words)

    @property
    def bound(self) -> dict[str, Any]:
        """The values that the statements below bind."""
        vector = "[" + ",".join(f"{value:.6g}" for value in self.vector) + "]" if self.vector else None
        return {"query": self.query, "vector": vector, "farthest": 1 - self.similar_from}


_NEAR = f"""
    SELECT product_id, distance FROM (
        SELECT product_id, CAST(embedding AS halfvec(1536)) <=> CAST(:vector AS halfvec(1536)) AS distance
        FROM product_embeddings
        WHERE CAST(:vector AS text) IS NOT NULL
        ORDER BY distance LIMIT {NEIGHBOURS}
    ) nearest WHERE distance <= :farthest
"""
MATCHING = f"""
     AND (l.search @@ to_tsquery('english', :query) OR l.product_id IN (SELECT product_id FROM ({_NEAR}) near))
"""

_CANDIDATES = text(
    """
    SELECT word, array_agg(near.term) AS terms
    FROM unnest(CAST(:words AS text[])) AS word
    CROSS JOIN LATERAL (
        SELECT term
        FROM search_terms
        WHERE trigrams && trigrams_of(word) AND abs(length(term) - length(word)) <= 2
        ORDER BY (SELECT count(*) FROM unnest(trigrams) AS own WHERE own = ANY(trigrams_of(word))) DESC, term
        LIMIT 15
    ) near
    WHERE length(word) > 3
        AND NOT EXISTS (SELECT FROM search_terms WHERE term LIKE word || '%')
        AND to_tsvector('english', word) IS DISTINCT FROM ''
        AND NOT EXISTS (SELECT FROM product_listings WHERE search @@ plainto_tsquery('english', word))
    GROUP BY word
    """
)

_SUGGEST = text(
    """
    SELECT kind, label, slug FROM (
        SELECT 1 AS rank, 'category' AS kind, name AS label, path AS slug, 0 AS sales FROM categories
        WHERE fold(name) LIKE :beginning OR fold(name) LIKE '% ' || :beginning
        UNION ALL
        (SELECT 2, 'product', p.name, p.slug, l.sales_count
        FROM product_listings l JOIN products p ON p.id = l.product_id
        WHERE l.search @@ to_tsquery('english', :query) AND l.browsable AND l.published_at <= statement_timestamp()
        ORDER BY l.sales_count DESC, p.name LIMIT :limit)
        UNION ALL
        (SELECT 3, 'term', term, '', 0 FROM search_terms WHERE term LIKE :beginning ORDER BY length(term), term LIMIT 5)
    ) found
    ORDER BY rank, sales DESC, label LIMIT :limit
    """
)


def candidates_for(session: Session, words: Sequence[str]) -> dict[str, list[str]]:
    """Return, for each word that nothing in the shop has, the known words that share letters with it."""
    return {row.word: row.terms for row in session.execute(_CANDIDATES, {"words": list(words)})}


def page_of_matches(
    session: Session, wanted: Wanted, filters: Filters, sort: Sort, *, limit: int, offset: int
) -> tuple[Sequence[ProductSummary], int]:
    """Return one page of cards, and how many match in all."""
    where, values = conditions(filters)
    order = ORDER.get(sort, "score DESC, l.sales_count DESC, l.product_id")
    statement = f"""
        WITH near AS MATERIALIZED ({_NEAR}),
        lexical AS MATERIALIZED (
            SELECT product_id, row_number() OVER (ORDER BY ts_rank_cd(search, to_tsquery('english', :query), 1) DESC) AS rank
            FROM product_listings WHERE search @@ to_tsquery('english', :query)
        ),
        fused AS MATERIALIZED (
            SELECT product_id, sum(1.0 / ({FUSION} + rank)) AS score FROM (
                SELECT product_id, rank FROM lexical
                UNION ALL
                SELECT product_id, row_number() OVER (ORDER BY distance) FROM near
            ) ways GROUP BY product_id
        ),
        matching AS MATERIALIZED (
            SELECT l.product_id, row_number() OVER (ORDER BY {order}) AS rank
            FROM fused JOIN product_listings l USING (product_id)
            WHERE l.published_at <= statement_timestamp(){where}
        ),
        page AS MATERIALIZED (SELECT product_id, rank FROM matching ORDER BY rank LIMIT :limit OFFSET :offset)
        SELECT cards.*, counted.total
        FROM (SELECT count(*) AS total FROM matching) counted
        LEFT JOIN ({CARDS}) cards ON true
    """
    rows = session.execute(
        text(f"{statement} ORDER BY cards.rank"), values | wanted.bound | {"limit": limit, "offset": offset}
    ).all()
    return [summary(row) for row in rows if row.id is not None], rows[0].total


def suggestions(session: Session, words: Sequence[str], limit: int) -> Sequence[Suggestion]:
    """Return categories, products and words that begin as these words do."""
    query = " & ".join(f"{word}:*" for word in words)
    values = {"query": query, "beginning": f"{' '.join(words)}%", "limit": limit}
    return [
        Suggestion.model_construct(kind=row.kind, text=row.label, slug=row.slug)
        for row in session.execute(_SUGGEST, values)
    ]
