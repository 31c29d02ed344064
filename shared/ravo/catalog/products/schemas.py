"""What goes in and out of products as staff work on them."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from ravo.catalog.media.schemas import Image, Images
from ravo.catalog.schemas import CategoryLink, Columns, Count, Document, Name, Option, Sku, Slug, Version, Words
from ravo.catalog.text import safe_html
from ravo.catalog.variants.schemas import MOST_VARIANTS, Matrix, VariantInput
from ravo.platform.schemas import Input, Money, MoneyInput, Reply

type Html = Annotated[str, StringConstraints(max_length=100_000), AfterValidator(safe_html)]
type Labels = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=100)]],
    Field(max_length=50),
    AfterValidator(lambda labels: list(dict.fromkeys(labels))),
]


class TranslationInput(Input):
    """Texts in one language; what is empty falls back to the product's own."""

    name: Annotated[str, StringConstraints(max_length=255)] = ""
    description: Html = ""
    short_description: Words = ""
    meta_title: Annotated[str, StringConstraints(max_length=255)] = ""
    meta_description: Words = ""


type Translations = Annotated[
    dict[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")], TranslationInput], Field(max_length=40)
]


class _Prices(Columns):
    """Prices that belong together are in one currency."""

    @model_validator(mode="after")
    def _one_currency(self) -> Self:
        stated = [getattr(self, name, None) for name in ("base_price", "sale_price", "compare_at_price", "cost_price")]
        if len({price.currency for price in stated if isinstance(price, MoneyInput)}) > 1:
            raise ValueError("all prices of a product are in one currency")
        return self


class ProductFields(_Prices):
    """The fields of a product besides its SKU, name and base price."""

    description: Html = ""
    short_description: Words = ""
    sale_price: MoneyInput | None = None
    compare_at_price: MoneyInput | None = None
    cost_price: MoneyInput | None = None
    tax_class: Option = "standard"
    shipping_class: Option = "standard"
    track_inventory: bool = True
    allow_backorder: bool = False
    guest_purchaseable: bool = True
    visibility: Literal["visible", "search", "hidden"] = "visible"
    comment_visibility: Literal["public", "signed_in", "off"] = "public"
    features: Labels = []
    materials: Words = ""
    sustainability: Words = ""
    attributes: Document = {}
    size_guide: Document | None = None
    images: Images = []
    videos: Images = []
    meta_title: Annotated[str, StringConstraints(max_length=255)] = ""
    meta_description: Words = ""
    featured: bool = False
    featured_order: Count | None = None
    category_ids: Annotated[list[UUID], Field(max_length=100)] = []
    tags: Labels = []
    translations: Translations = {}


class ProductInput(ProductFields):
    """A new product, a draft until it is published. Send `variants`, or a `matrix`; without either it has one."""

    sku: Sku
    name: Name
    slug: Slug | None = None
    base_price: MoneyInput
    variants: Annotated[list[VariantInput], Field(max_length=MOST_VARIANTS)] = []
    matrix: Matrix | None = None

    @model_validator(mode="after")
    def _one_way_to_variants(self) -> Self:
        if self.variants and self.matrix:
            raise ValueError("send either variants or a matrix")
        return self


class ProductChange(ProductFields):
    """What is left out stays as it is; null empties a field; lists and translations are replaced whole."""

    sku: Sku | None = None
    name: Name | None = None
    slug: Slug | None = None
    base_price: MoneyInput | None = None
    version: Version


class Publication(Input):
    """When a product appears; at once when left out."""

    published_at: datetime | None = Field(default=None, description="ISO 8601 with an offset")

    @model_validator(mode="after")
    def _aware(self) -> Self:
        if self.published_at and self.published_at.tzinfo is None:
            raise ValueError("publishedAt needs an offset, like 2027-01-31T09:00:00Z")
        return self


class AdminProductSummary(Reply):
    """A product in the admin's list."""

    id: UUID
    sku: str
    slug: str
    name: str
    status: str
    visibility: str
    base_price: Money
    sale_price: Money | None
    cost_price: Money | None
    margin_percent: Decimal | None
    image: Image | None
    variant_count: int
    available: int
    published_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


class AdminProduct(Reply):
    """A product as staff see it, drafts and costs included."""

    id: UUID
    sku: str
    slug: str
    name: str
    description: str
    short_description: str
    status: str
    visibility: str
    comment_visibility: str
    base_price: Money
    sale_price: Money | None
    compare_at_price: Money | None
    cost_price: Money | None
    margin_percent: Decimal | None
    tax_class: str
    shipping_class: str
    track_inventory: bool
    allow_backorder: bool
    guest_purchaseable: bool
    features: list[str]
    materials: str
    sustainability: str
    attributes: dict[str, Any]
    size_guide: dict[str, Any] | None
    images: list[Image]
    videos: list[Image]
    meta_title: str
    meta_description: str
    featured: bool
    featured_order: int | None
    auto_tags: list[str]
    categories: list[CategoryLink]
    tags: list[str]
    translations: dict[str, dict[str, str]]
    variant_count: int
    published_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int
