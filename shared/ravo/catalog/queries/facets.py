"""Counting what a list could be narrowed by, each facet without its own filter, in one statement."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.catalog.queries.browse import BROWSABLE, Filters, conditions
from ravo.catalog.queries.cards import money
from ravo.catalog.schemas.shop import CategoryFacet, Facets, FacetValue

VALUES_PER_FACET = 50

_VALUES = """
    SELECT '{name}' AS facet, value, NULL AS path, NULL AS label, count(*) AS number
    FROM product_listings l CROSS JOIN unnest(l.{name}) AS value
    WHERE {where}
    GROUP BY value
"""
_CATEGORIES = """
    SELECT 'categories', c.slug, c.path, c.name, n.number
    FROM (
        SELECT id, count(*) AS number
        FROM product_listings l CROSS JOIN unnest(l.category_ids) AS id
        WHERE {where}
        GROUP BY id
    ) n JOIN categories c ON c.id = n.id
"""
_TOTALS = """
    SELECT 'totals', min(l.price)::text, max(l.price_to)::text, NULL, count(*) FILTER (WHERE l.in_stock)
    FROM product_listings l
    WHERE {where}
"""


def count_facets(session: Session, filters: Filters, *, currency: str, matching: str = "", **bound: Any) -> Facets:
    """Count every facet under the filters. `matching` is a further condition on `product_listings l`, with the values that it binds."""

    def where(without: str) -> str:
        return BROWSABLE + conditions(filters, without=without)[0] + matching

    parts = [_VALUES.format(name=name, where=where(name)) for name in ("sizes", "colors", "features")]
    parts += [_CATEGORIES.format(where=where("subcategory")), _TOTALS.format(where=where(""))]
    rows = session.execute(text(" UNION ALL ".join(parts)), conditions(filters)[1] | bound).all()
    totals = next(row for row in rows if row.facet == "totals")
    return Facets(
        categories=[
            CategoryFacet(slug=row.value, path=row.path, name=row.label, count=row.number)
            for row in _largest(rows, "categories")
        ],
        sizes=_counted(rows, "sizes"),
        colors=_counted(rows, "colors"),
        features=_counted(rows, "features"),
        price_min=money(totals.value, currency) if totals.value else None,
        price_max=money(totals.path, currency) if totals.path else None,
        in_stock=totals.number,
    )


def _counted(rows: Any, facet: str) -> list[FacetValue]:
    return [FacetValue(value=row.value, count=row.number) for row in _largest(rows, facet)]


def _largest(rows: Any, facet: str) -> list[Any]:
    found = [row for row in rows if row.facet == facet]
    return sorted(found, key=lambda row: (-row.number, row.value))[:VALUES_PER_FACET]
