"""Facets at the edge."""

from ravo.platform.schemas import Money, Reply


class FacetValue(Reply):
    """One value to filter by, and how many products have it."""

    value: str
    count: int


class CategoryFacet(Reply):
    """One category to filter by, and how many products are in it or below it."""

    slug: str
    path: str
    name: str
    count: int


class Facets(Reply):
    """What a list could be narrowed by. Each facet is counted without its own filter, since it takes several values."""

    categories: list[CategoryFacet]
    sizes: list[FacetValue]
    colors: list[FacetValue]
    features: list[FacetValue]
    price_min: Money | None
    price_max: Money | None
    in_stock: int
