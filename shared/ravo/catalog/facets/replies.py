"""Facets, made from their counts."""

from collections.abc import Sequence
from decimal import Decimal

from ravo.catalog.facets.queries import FacetCount
from ravo.catalog.facets.schemas import CategoryFacet, Facets, FacetValue
from ravo.platform.schemas import Money

VALUES_PER_FACET = 50


def total_of(counts: Sequence[FacetCount]) -> int:
    """Return how many products the list holds: those in stock and those that are not."""
    return sum(each.number for each in counts if each.facet == "in_stock")


def facets_of(counts: Sequence[FacetCount], currency: str) -> Facets:
    """Return the facets, the most frequent values of each first."""
    prices = next(each for each in counts if each.facet == "prices")
    return Facets(
        categories=[
            CategoryFacet(
                slug=each.other or "",
                path=(each.value or "").removeprefix("/"),
                name=each.name or "",
                count=each.number,
            )
            for each in _largest(counts, "categories")
        ],
        sizes=_values(counts, "sizes"),
        colors=_values(counts, "colors"),
        features=_values(counts, "features"),
        price_min=_money(prices.value, currency),
        price_max=_money(prices.other, currency),
        in_stock=sum(each.number for each in counts if each.facet == "in_stock" and each.value == "true"),
    )


def _values(counts: Sequence[FacetCount], facet: str) -> list[FacetValue]:
    return [FacetValue(value=each.value or "", count=each.number) for each in _largest(counts, facet)]


def _largest(counts: Sequence[FacetCount], facet: str) -> list[FacetCount]:
    found = [each for each in counts if each.facet == facet]
    return sorted(found, key=lambda each: (-each.number, each.value or ""))[:VALUES_PER_FACET]


def _money(amount: str | None, currency: str) -> Money | None:
    return Money.of(Decimal(amount), currency) if amount else None
