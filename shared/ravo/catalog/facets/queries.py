"""The SQL of facets: all are counted in one statement, each without its own filter."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import TextualSelect, column, text
from sqlalchemy.orm import Session

from ravo.catalog.listings.queries import BROWSABLE, Filters, conditions, narrowed


class FacetCount(NamedTuple):
    """How many products have a value of a facet. A category has a slug and a name too; `prices` has two ends."""

    facet: str
    value: str | None
    other: str | None
    name: str | None
    number: int


# Each facet, and the filter that it is counted without: shoppers can choose several of its values.
_OWN_FILTER = {"categories": "subcategory", "sizes": "sizes", "colors": "colors", "features": "features"}

# Most products share their whole array with many others. So arrays are counted by their keys, which are numbers, in one
# pass for all facets. Only then does one product of each key, its `sample`, give the values.
_COUNTED = """
    SELECT {facet} AS facet, any_value(l.product_id) AS sample, count(*) AS number
    FROM {rows}
    GROUP BY GROUPING SETS ({keys})
"""
# A narrowed list is found once and then counted twice. The whole list would not fit into memory for that.
_FOUND = """
    WITH found AS MATERIALIZED (
        SELECT product_id, categories_key, sizes_key, colors_key, features_key, in_stock, price, price_to FROM {rows}
    )
"""
_PRICES = "SELECT min(price)::text, max(price_to)::text FROM found"
# Among all products, the ends of two indexes hold the answer.
_PRICES_OF_ALL = """
    SELECT (SELECT l.price::text FROM {rows} ORDER BY l.price LIMIT 1),
        (SELECT l.price_to::text FROM {rows} ORDER BY l.price_to DESC LIMIT 1)
"""
_FACETS = """
    {found}
    SELECT said.facet, said.value, category.slug, category.name, sum(said.number)::integer
    FROM (
        SELECT counted.facet, value, counted.number
        FROM ({passes}) counted
        JOIN product_listings l ON l.product_id = counted.sample
        CROSS JOIN LATERAL unnest(CASE counted.facet
            WHEN 'categories' THEN l.categories WHEN 'sizes' THEN l.sizes WHEN 'colors' THEN l.colors
            WHEN 'features' THEN l.features ELSE ARRAY[CAST(l.in_stock AS text)]
        END) AS value
    ) said
    LEFT JOIN categories category ON said.facet = 'categories' AND said.value = '/' || category.path
    WHERE said.facet <> 'categories' OR category.id IS NOT NULL
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT 'prices', lowest, highest, NULL, 0 FROM ({prices}) AS prices (lowest, highest)
"""


def count_facets(
    session: Session, filters: Filters, *, base: str = BROWSABLE, bound: Mapping[str, Any] | None = None
) -> list[FacetCount]:
    """Count all facets under the filters.

    `base` is what the list is of, a condition on `product_listings l`, with the values that it binds.
    """
    rows = session.execute(_statement(filters.names, base), filters.bound | dict(bound or {}))
    return [FacetCount._make(row) for row in rows]


@cache
def _statement(names: tuple[str, ...], base: str) -> TextualSelect:
    """Write the statement: one pass for all facets that the same filters narrow, and one for each other facet."""
    everything = f"product_listings l WHERE {base}"
    apart = [facet for facet, own in _OWN_FILTER.items() if own in names]
    together = [facet for facet in _OWN_FILTER if facet not in apart]
    if names or base != BROWSABLE:
        found, rows = _FOUND.format(rows=everything + conditions(names)), "found l"
        prices = _PRICES
    else:
        found, rows = "", everything
        prices = _PRICES_OF_ALL.format(rows=everything)
    passes = [_pass(rows, [*together, "in_stock"])]
    passes += [_pass(everything + conditions(names, without=_OWN_FILTER[facet]), [facet]) for facet in apart]
    sql = _FACETS.format(found=found, passes=" UNION ALL ".join(passes), prices=prices)
    return narrowed(text(sql).columns(*map(column, FacetCount._fields)), names)


def _pass(rows: str, facets: Sequence[str]) -> str:
    keys = {facet: "l.in_stock" if facet == "in_stock" else f"l.{facet}_key" for facet in facets}
    cases = "".join(f" WHEN grouping({key}) = 0 THEN '{facet}'" for facet, key in keys.items())
    return _COUNTED.format(facet=f"CASE{cases} END", rows=rows, keys=", ".join(f"({key})" for key in keys.values()))
