"""What shoppers are shown of products; nothing here contains a cost."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from ravo.catalog.media.schemas import Image
from ravo.catalog.schemas import CategoryLink
from ravo.platform.schemas import Money, Reply


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


class VariantDetail(VariantSummary):
    """One thing to put in a cart, in full. `stock` is `in_stock`, `low`, `backorder` or `out`."""

    barcode: str | None
    stock: str
    weight_grams: int | None
    dimensions: dict[str, Any] | None
    images: list[Image]


class ProductDetail(Reply):
    """A product's page, in the requested language where it is translated."""

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
