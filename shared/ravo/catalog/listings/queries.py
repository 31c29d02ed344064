"""The SQL of lists of products on sale: filters, sorts and counts over the narrow listing rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Executable, TextualSelect
from sqlalchemy.orm import Session

from ravo.catalog.projections.queries import summaries_in, with_summaries
from ravo.platform.database import planned_each_time


class Sort(StrEnum):
    """How a list may be ordered."""

    RELEVANCE = "relevance"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"
    NAME = "name"
    NEWEST = "newest"
    BESTSELLING = "bestselling"
    RATING = "rating"


# Each ends with the key, so that pages never repeat or skip a product among equals.
ORDER: dict[Sort, str] = {
    Sort.PRICE_ASC: "l.price, l.product_id",
    Sort.PRICE_DESC: "l.price DESC, l.product_id DESC",
    Sort.NAME: "l.name, l.product_id",
    Sort.NEWEST: "l.published_at DESC, l.product_id DESC",
    Sort.BESTSELLING: "l.sales_count DESC, l.product_id DESC",
    Sort.RATING: "l.rating DESC, l.product_id DESC",
}


@dataclass(frozen=True)
class Listed:
    """A page of products as JSON, and how many the list holds in all."""

    products: bytes
    total: int


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed by: values of one filter are alternatives, filters add up.

    `category` and `subcategory` are slugs or paths.
    """

    category: str | None = None
    subcategory: str | None = None
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    sizes: tuple[str, ...] = ()
    colors: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    in_stock: bool | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The filters that are set, in their order."""
        return tuple(name for name, value in vars(self).items() if value not in (None, ()))

    @property
    def bound(self) -> dict[str, Any]:
        """The values that `conditions` on these filters bind."""
        return {name: _bound(name, getattr(self, name)) for name in self.names}


def _bound(name: str, value: Any) -> Any:
    if name in ("category", "subcategory"):
        return [value, f"/{value}"]
    return list(value) if isinstance(value, tuple) else value


# A product can be listed before its time to appear: the query checks the time, so that no job has to.
ON_SALE = "l.published_at <= statement_timestamp()"
BROWSABLE = f"l.browsable AND {ON_SALE}"

_CLAUSES: dict[str, str] = {
    "category": "l.categories && CAST(:category AS text[])",
    "subcategory": "l.categories && CAST(:subcategory AS text[])",
    "sizes": "l.sizes && CAST(:sizes AS text[])",
    "colors": "l.colors && CAST(:colors AS text[])",
    "features": "l.features && CAST(:features AS text[])",
    "price_min": "l.price_to >= :price_min",
    "price_max": "l.price <= :price_max",
    "in_stock": "l.in_stock = :in_stock",
}


def conditions(names: Sequence[str], *, without: str = "") -> str:
    """Return these filters as SQL over `product_listings l`, each after an AND; `without` leaves one of them out."""
    return "".join(f" AND {_CLAUSES[name]}" for name in names if name != without)


def narrowed[S: Executable](statement: S, names: Sequence[str]) -> S:
    """Have a statement with these filters planned for their values."""
    return planned_each_time(statement) if names else statement


def page_of_products(
    session: Session, filters: Filters, sort: Sort, *, limit: int, offset: int, counted: bool = True
) -> Listed:
    """Return one page of the products on sale; its `total` is 0 unless it is to be `counted`."""
    values = filters.bound | {"limit": limit, "offset": offset}
    row = session.execute(_page(filters.names, sort, counted=counted), values).one()
    return Listed(summaries_in(row.summaries), row.total)


@cache
def _page(names: tuple[str, ...], sort: Sort, *, counted: bool) -> TextualSelect:
    listed = f"product_listings l WHERE {BROWSABLE}{conditions(names)}"
    page = f"SELECT l.product_id FROM {listed} ORDER BY {ORDER[sort]} LIMIT :limit OFFSET :offset"
    total = f"(SELECT count(*) FROM {listed})" if counted else "0"
    return narrowed(with_summaries(f"SELECT ARRAY({page}) AS page, {total} AS total", "total"), names)
