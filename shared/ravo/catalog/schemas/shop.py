"""What shoppers see of the catalogue; nothing here knows a cost."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from ravo.platform.schemas import Money, Reply


class Image(Reply):
    """A picture and the text that stands for it."""

    url: str
    alt: str = ""


class VariantSummary(Reply):
    """One thing to put in a cart."""

    id: UUID
    sku: str
    size: str | None
    color: str | None
    style: str | None
    price: Money
    compare_at_price: Money | None
    in_stock: bool


class ProductSummary(Reply):
    """A product in a list, with its first fifty variants; `price` is the lowest of them, `priceTo` the highest."""

    id: UUID
    sku: str
    slug: str
    name: str
    short_description: str
    price: Money
    price_to: Money
    compare_at_price: Money | None
    image: Image | None
    in_stock: bool
    average_rating: Decimal | None
    review_count: int
    featured: bool
    published_at: datetime
    variant_count: int
    variants: list[VariantSummary]


class FacetValue(Reply):
    """One value to filter by, and how many products have it."""

    value: str
    count: int


class CategoryFacet(Reply):
    """One category to filter by, and how many products stand in it or below."""

    slug: str
    path: str
    name: str
    count: int


class Facets(Reply):
    """What the present filters could be narrowed by. Each facet is counted without its own filter, so that several values of it can be chosen."""

    categories: list[CategoryFacet]
    sizes: list[FacetValue]
    colors: list[FacetValue]
    features: list[FacetValue]
    price_min: Money | None
    price_max: Money | None
    in_stock: int


class VariantDetail(VariantSummary):
    """One thing to put in a cart, with all there is to know of it. `stock` is `in_stock`, `low`, `backorder` or `out`."""

    barcode: str | None
    stock: str
    weight_grams: int | None
    dimensions: dict[str, Any] | None
    images: list[Image]


class CategoryLink(Reply):
    """A category that a product stands in."""

    id: UUID
    slug: str
    path: str
    name: str


class ProductDetail(Reply):
    """A product's page, in the language that was asked for where it is translated."""

    id: UUID
    sku: str
    slug: str
    name: str
    description: str
    short_description: str
    price: Money
    price_to: Money
    compare_at_price: Money | None
    in_stock: bool
    guest_purchaseable: bool
    features: list[str]
    materials: str
    sustainability: str
    attributes: dict[str, Any]
    size_guide: dict[str, Any] | None
    images: list[Image]
    videos: list[Image]
    categories: list[CategoryLink]
    tags: list[str]
    average_rating: Decimal | None
    review_count: int
    featured: bool
    meta_title: str
    meta_description: str
    locale: str
    available_locales: list[str]
    published_at: datetime
    updated_at: datetime
    variants: list[VariantDetail]


class CategoryNode(Reply):
    """A category with what stands below it; `productCount` counts both."""

    id: UUID
    slug: str
    path: str
    name: str
    description: str
    product_count: int
    children: list["CategoryNode"]


class CollectionDetail(Reply):
    """A collection and the page of its products that was asked for."""

    id: UUID
    slug: str
    name: str
    description: str
    products: list[ProductSummary]


class Suggestion(Reply):
    """Something that a shopper may have in mind. `kind` is `product`, `category` or `term`; `slug` is empty for a term."""

    kind: str
    text: str
    slug: str
