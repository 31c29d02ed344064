"""Lists of products on sale: filters, sorts, counts and facets over the narrow listing rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.catalog.queries.cards import CARDS, summary
from ravo.catalog.schemas.shop import ProductSummary


class Sort(StrEnum):
    """How a list may be ordered."""

    RELEVANCE = "relevance"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"
    NAME = "name"
    NEWEST = "newest"
    BESTSELLING = "bestselling"
    RATING = "rating"


# Each ends in the key, so that pages never repeat or skip a product among equals.
ORDER: dict[Sort, str] = {
    Sort.PRICE_ASC: "l.price, l.product_id",
    Sort.PRICE_DESC: "l.price DESC, l.product_id DESC",
    Sort.NAME: "l.name, l.product_id",
    Sort.NEWEST: "l.published_at DESC, l.product_id DESC",
    Sort.BESTSELLING: "l.sales_count DESC, l.product_id DESC",
    Sort.RATING: "l.rating DESC, l.product_id DESC",
}


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed by; values of one filter are alternatives, filters add up. `category` and `subcategory` are slugs or paths."""

    category: str | None = None
    subcategory: str | None = None
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    sizes: tuple[str, ...] = ()
    colors: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    in_stock: bool | None = None


# Whoever is listed but not yet due waits for its time; the read checks it, no job has to.
BROWSABLE = "l.browsable AND l.published_at <= statement_timestamp()"

_CATEGORY_IDS = "(SELECT coalesce(array_agg(id), '{{}}') FROM categories WHERE path = :{0} OR slug = :{0})"
_CLAUSES: dict[str, str] = {
    "category": f"l.category_ids && {_CATEGORY_IDS.format('category')}",
    "subcategory": f"l.category_ids && {_CATEGORY_IDS.format('subcategory')}",
    "price_min": "l.price_to >= :price_min",
    "price_max": "l.price <= :price_max",
    "sizes": "l.sizes && CAST(:sizes AS text[])",
    "colors": "l.colors && CAST(:colors AS text[])",
    "features": "l.features && CAST(:features AS text[])",
    "in_stock": "l.in_stock = :in_stock",
}


def conditions(filters: Filters, *, without: str = "") -> tuple[str, dict[str, Any]]:
    """Return the filters as SQL over `product_listings l`, and the values it binds; `without` leaves one filter out."""
    values = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in vars(filters).items()
        if value not in (None, ()) and name != without
    }
    return "".join(f" AND {_CLAUSES[name]}" for name in values), values


def page_of_products(
    session: Session, filters: Filters, sort: Sort, *, limit: int, offset: int
) -> Sequence[ProductSummary]:
    """Return one page of cards."""
    where, values = conditions(filters)
    statement = f"""
        WITH page AS MATERIALIZED (
            SELECT product_id, row_number() OVER (ORDER BY {ORDER[sort]}) AS rank
            FROM product_listings l
            WHERE {BROWSABLE}{where}
            ORDER BY {ORDER[sort]} LIMIT :limit OFFSET :offset
        )
        {CARDS}
    """
    rows = session.execute(text(statement), values | {"limit": limit, "offset": offset})
    return [summary(row) for row in rows]


def count_products(session: Session, filters: Filters) -> int:
    """Count what a list holds in all."""
    where, values = conditions(filters)
    found = session.scalar(text(f"SELECT count(*) FROM product_listings l WHERE {BROWSABLE}{where}"), values)
    return int(found or 0)


def products_in_order(session: Session, product_ids: Sequence[UUID]) -> Sequence[ProductSummary]:
    """Return the cards of these products that are on sale, in the order given."""
    statement = f"""
        WITH page AS MATERIALIZED (
            SELECT l.product_id, chosen.rank
            FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS chosen (product_id, rank)
            JOIN product_listings l USING (product_id)
            WHERE l.published_at <= statement_timestamp()
        )
        {CARDS}
    """
    return [summary(row) for row in session.execute(text(statement), {"ids": list(product_ids)})]
