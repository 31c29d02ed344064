"""What staff see and send of products and variants."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from ravo.catalog import media
from ravo.catalog.schemas.fields import Count, Name, Slug, Version, Words
from ravo.catalog.schemas.shop import CategoryLink, Image
from ravo.catalog.text import safe_html
from ravo.platform.schemas import Input, Money, MoneyInput, Reply

MOST_VARIANTS = 500

type Sku = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\s\x00-\x1f]+$")]
type Html = Annotated[str, StringConstraints(max_length=100_000), AfterValidator(safe_html)]
type Option = Annotated[str, StringConstraints(min_length=1, max_length=64)]
type OptionList = Annotated[
    list[Option], Field(max_length=50), AfterValidator(lambda options: list(dict.fromkeys(options)))
]
type Labels = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=100)]],
    Field(max_length=50),
    AfterValidator(lambda labels: list(dict.fromkeys(labels))),
]
type Document = Annotated[dict[str, Any], Field(max_length=100)]


class ImageInput(Input):
    url: Annotated[
        str, StringConstraints(pattern=r"^(https?://|/)[^\s\"<>]+$", max_length=2000), AfterValidator(media.kept)
    ]
    alt: Annotated[str, StringConstraints(max_length=500)] = ""


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
type Images = Annotated[list[ImageInput], Field(max_length=100)]


class _Prices(Input):
    """Prices of one thing are in one currency."""

    @model_validator(mode="after")
    def _one_currency(self) -> Self:
        stated = [getattr(self, name, None) for name in ("base_price", "sale_price", "compare_at_price", "cost_price")]
        if len({price.currency for price in stated if isinstance(price, MoneyInput)}) > 1:
            raise ValueError("all prices of a product are in one currency")
        return self


class VariantFields(Input):
    """What can be said of a variant beside its SKU; a price left out is the product's."""

    barcode: Annotated[str, StringConstraints(max_length=64)] | None = None
    size: Option | None = None
    color: Option | None = None
    style: Option | None = None
    price: MoneyInput | None = None
    compare_at_price: MoneyInput | None = None
    cost_price: MoneyInput | None = None
    weight_grams: Count | None = None
    dimensions: Document | None = None
    images: Images = []
    low_stock_alert: Count | None = None
    is_active: bool = True


class VariantInput(VariantFields):
    sku: Sku


class VariantChange(VariantFields):
    """What is left out stays; what is sent as null is emptied."""

    sku: Sku | None = None
    version: Version


class Matrix(Input):
    """Every combination becomes a variant, with a SKU made of the product's and the values."""

    sizes: OptionList = []
    colors: OptionList = []
    styles: OptionList = []

    @model_validator(mode="after")
    def _not_too_large(self) -> Self:
        if max(len(self.sizes), 1) * max(len(self.colors), 1) * max(len(self.styles), 1) > MOST_VARIANTS:
            raise ValueError(f"a product has at most {MOST_VARIANTS} variants")
        return self


class ProductFields(_Prices):
    """What can be said of a product beside its SKU, name and base price."""

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
    """A new product, a draft until it is published. Its variants come one by one, or as a matrix of options; without either it has one."""

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
    """What is left out stays; what is sent as null is emptied; lists and translations are replaced whole."""

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


class AdminVariant(Reply):
    """A variant as staff see it. `available` is what stock-keeping last reported."""

    id: UUID
    product_id: UUID
    sku: str
    barcode: str | None
    size: str | None
    color: str | None
    style: str | None
    price: Money | None
    compare_at_price: Money | None
    cost_price: Money | None
    weight_grams: int | None
    dimensions: dict[str, Any] | None
    images: list[Image]
    low_stock_alert: int | None
    available: int
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime


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
