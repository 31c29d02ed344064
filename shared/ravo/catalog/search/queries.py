"""The SQL of searches: matches words and meaning, and ranks what matches, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple, Self

from pgvector import HalfVector
from sqlalchemy import TextualSelect, text
from sqlalchemy.orm import Session

from ravo.catalog.listings.queries import ON_SALE, ORDER, Filters, Listed, Sort, conditions, narrowed
from ravo.catalog.projections.queries import summaries_in, with_summaries

# As many as the vector index looks at by default (hnsw.ef_search).
NEIGHBOURS = 40
# Reciprocal rank fusion (Cormack et al., 2009) with its usual constant: what both ways find near the top comes first.
FUSION = 60
# How many of the matches are ranked by how and where they hold the words. Nobody pages further through the matches of a
# word that thousands of products have; beyond this, products that sell better come first.
RANKED = 300


@dataclass(frozen=True)
class Wanted:
    """What a search looks for: words as the search columns spell them, and their meaning as a vector if known."""

    words: tuple[str, ...]
    vector: tuple[float, ...] | None = None
    model: str = ""
    similar_from: float = 0
    joined_by: str = " & "

    def any_word(self) -> Self:
        """The same search, for any of the words instead of all."""
        return replace(self, joined_by=" | ")

    @property
    def bound(self) -> dict[str, Any]:
        """The values that the conditions below bind."""
        values: dict[str, Any] = {"query": _query(self.words, self.joined_by)}
        if self.vector:
            vector = HalfVector(list(self.vector))
            values |= {"vector": vector, "model": self.model, "farthest": 1 - self.similar_from}
        return values

    @property
    def matching(self) -> str:
        """The matches, as a condition on `product_listings l`."""
        ways = "SELECT product_id FROM product_search WHERE search @@ to_tsquery('english', :query)"
        if self.vector:
            ways += f" UNION ALL SELECT product_id FROM ({_NEAR}) near"
        return f"{ON_SALE} AND l.product_id IN ({ways})"


@dataclass(frozen=True)
class Matches(Listed):
    """A page of what matches. If nothing does, `spellings` holds similar known words for each unknown one."""

    spellings: Mapping[str, Sequence[str]]


class Suggested(NamedTuple):
    """A category, a product or a term that someone may have in mind."""

    kind: str
    text: str
    slug: str


_NEAR = f"""
    SELECT product_id, distance FROM (
        SELECT product_id, embedding <=> CAST(:vector AS halfvec(1536)) AS distance
        FROM product_embeddings
        WHERE model = :model
        ORDER BY distance LIMIT {NEIGHBOURS}
    ) nearest WHERE distance <= :farthest
"""
_NOTHING_NEAR = "SELECT CAST(NULL AS uuid) AS product_id, 0 AS distance WHERE false"

# Known words that share letters with words that no product has. Trigrams are taken once for each word, not for each
# term that it is compared with. A range is used instead of LIKE, which uses its index only for a constant; no letter
# sorts behind U+FFFF.
_SPELLINGS = """
    SELECT word, array_agg(alike.term) AS terms
    FROM (
        SELECT word, trigrams_of(word) AS letters
        FROM unnest(CAST(:words AS text[])) AS word
        WHERE length(word) > 3
            AND NOT EXISTS (SELECT FROM search_terms WHERE term ~>=~ word AND term ~<~ (word || U&'\\FFFF'))
            AND to_tsvector('english', word) IS DISTINCT FROM ''
            AND NOT EXISTS (SELECT FROM product_search WHERE search @@ plainto_tsquery('english', word))
        OFFSET 0
    ) unknown
    CROSS JOIN LATERAL (
        SELECT term
        FROM search_terms
        WHERE trigrams && letters AND abs(length(term) - length(word)) <= 2
        ORDER BY (SELECT count(*) FROM unnest(trigrams) AS own WHERE own = ANY(letters)) DESC, term
        LIMIT 15
    ) alike
    GROUP BY word
"""
# Spellings are only looked up when no product has the words, and meaning only when the words are known.
_FOUND = f"""
    WITH matched AS MATERIALIZED (
        SELECT s.product_id, s.sales_count, s.title @@ (SELECT to_tsquery('english', :query)) AS titled
        FROM product_search s {{listings}}
        WHERE s.search @@ to_tsquery('english', :query) AND s.published_at <= statement_timestamp(){{where}}
    ),
    spelt AS MATERIALIZED (
        SELECT json_object_agg(word, terms) AS words FROM ({_SPELLINGS}) known
        WHERE :correcting AND NOT EXISTS (SELECT FROM matched)
    ),
    near AS MATERIALIZED (
        SELECT product_id, s.sales_count, near.distance, s.search @@ (SELECT to_tsquery('english', :query)) AS by_words
        FROM ({{near}}) near JOIN product_search s USING (product_id) {{listings}}
        WHERE s.published_at <= statement_timestamp() AND (SELECT words FROM spelt) IS NULL{{where}}
    )
"""
# Of thousands of matches, products with the words in their title come first, and of these the ones that sell best. Only
# these are ranked by where they hold the words, since that means reading the whole text of each.
_BY_RELEVANCE = f"""
    {_FOUND},
    best AS MATERIALIZED (
        SELECT product_id FROM matched ORDER BY titled DESC, sales_count DESC, product_id LIMIT {RANKED}
    ),
    ranked AS (
        SELECT s.product_id, s.sales_count, row_number() OVER (
            ORDER BY
                ts_rank_cd(s.search, (SELECT to_tsquery('english', :query)), 1) DESC, s.sales_count DESC, s.product_id
        ) AS place
        FROM best JOIN product_search s USING (product_id)
    ),
    fused AS MATERIALIZED (
        SELECT product_id, sales_count, sum(1.0 / ({FUSION} + place)) AS score FROM (
            SELECT product_id, sales_count, place FROM ranked
            UNION ALL
            SELECT product_id, sales_count, row_number() OVER (ORDER BY distance, product_id) FROM near
        ) ways GROUP BY product_id, sales_count
    )
    SELECT
        (SELECT count(*) FROM matched) AS by_words,
        (SELECT count(*) FROM near WHERE NOT by_words) AS by_meaning,
        (SELECT words FROM spelt) AS spellings,
        ARRAY(
            SELECT product_id FROM (
                SELECT product_id, score, true AS titled, sales_count FROM fused
                UNION ALL
                SELECT product_id, 0, titled, sales_count FROM matched
                WHERE :offset + :limit > {RANKED} AND product_id NOT IN (SELECT product_id FROM fused)
            ) found
            ORDER BY score DESC, titled DESC, sales_count DESC, product_id LIMIT :limit OFFSET :offset
        ) AS page
"""
_IN_ORDER = f"""
    {_FOUND}
    SELECT
        (SELECT count(*) FROM matched) AS by_words,
        (SELECT count(*) FROM near WHERE NOT by_words) AS by_meaning,
        (SELECT words FROM spelt) AS spellings,
        ARRAY(
            SELECT product_id FROM (SELECT product_id FROM matched UNION SELECT product_id FROM near) found
            JOIN product_listings l USING (product_id)
            ORDER BY {{order}} LIMIT :limit OFFSET :offset
        ) AS page
"""

_SUGGEST = text(
    """
    SELECT kind, label, slug FROM (
        SELECT 1 AS rank, 'category' AS kind, name AS label, path AS slug, 0 AS sales FROM categories
        WHERE fold(name) LIKE :beginning OR fold(name) LIKE '% ' || :beginning
        UNION ALL
        (SELECT 2, 'product', p.name, p.slug, best.sales_count
        FROM (
            SELECT product_id, sales_count FROM product_search
            WHERE search @@ to_tsquery('english', :query) AND published_at <= statement_timestamp()
            ORDER BY sales_count DESC, product_id LIMIT :candidates
        ) best
        JOIN product_listings l USING (product_id) JOIN products p ON p.id = l.product_id
        WHERE l.browsable
        ORDER BY best.sales_count DESC, p.name LIMIT :limit)
        UNION ALL
        (SELECT 3, 'term', term, '', 0 FROM search_terms WHERE term LIKE :beginning ORDER BY length(term), term LIMIT 5)
    ) found
    ORDER BY rank, sales DESC, label LIMIT :limit
    """
)


def page_of_matches(
    session: Session, wanted: Wanted, filters: Filters, sort: Sort, *, limit: int, offset: int, correcting: bool
) -> Matches:
    """Return one page of matches; when `correcting`, other spellings come before what only the meaning finds."""
    statement = _statement(filters.names, sort, near=bool(wanted.vector))
    values: dict[str, Any] = {"words": list(wanted.words), "correcting": correcting, "limit": limit, "offset": offset}
    row = session.execute(statement, filters.bound | wanted.bound | values).one()
    return Matches(summaries_in(row.summaries), row.by_words + row.by_meaning, row.spellings or {})


def _query(words: Sequence[str], joined_by: str = " & ") -> str:
    """Write a tsquery. Each word also matches as the beginning of a longer one."""
    return joined_by.join(f"{word}:*" for word in words)


@cache
def _statement(names: tuple[str, ...], sort: Sort, *, near: bool) -> TextualSelect:
    statement = _IN_ORDER if sort in ORDER else _BY_RELEVANCE
    listings = "JOIN product_listings l USING (product_id)" if names else ""
    near_ones = _NEAR if near else _NOTHING_NEAR
    where, order = conditions(names), ORDER.get(sort, "")
    found = statement.format(listings=listings, where=where, near=near_ones, order=order)
    return narrowed(with_summaries(found, "by_words", "by_meaning", "spellings"), names)


def suggestions(session: Session, words: Sequence[str], limit: int) -> Sequence[Suggested]:
    """Return categories, products and words that begin as these words do."""
    values = {"query": _query(words), "beginning": f"{' '.join(words)}%", "limit": limit}
    # Some of the best can only be found by searching; they are not suggested.
    values["candidates"] = 2 * limit + 10
    return [Suggested._make(row) for row in session.execute(_SUGGEST, values)]
