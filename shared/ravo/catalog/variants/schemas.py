"""What goes in and out of variants."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from ravo.catalog.media.schemas import Image, Images
from ravo.catalog.schemas import Columns, Count, Document, Option, Sku, Version
from ravo.platform.schemas import Input, Money, MoneyInput, Reply

MOST_VARIANTS = 500

type OptionList = Annotated[
    list[Option], Field(max_length=50), AfterValidator(lambda options: list(dict.fromkeys(options)))
]


class VariantFields(Columns):
    """The fields of a variant besides its SKU; a price that is left out is the product's."""

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
    """What is left out stays as it is; null empties a field."""

    sku: Sku | None = None
    version: Version


class Matrix(Input):
    """Every combination becomes a variant, with a SKU made from the product's and the values."""

    sizes: OptionList = []
    colors: OptionList = []
    styles: OptionList = []

    @model_validator(mode="after")
    def _not_too_large(self) -> Self:
        if max(len(self.sizes), 1) * max(len(self.colors), 1) * max(len(self.styles), 1) > MOST_VARIANTS:
            raise ValueError(f"a product has at most {MOST_VARIANTS} variants")
        return self


class AdminVariant(Reply):
    """A variant as staff see it. `available` is what inventory last reported."""

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
