"""What staff send and see of promotions."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from ravo.platform.schemas import Input, Money, MoneyInput, Reply
from ravo.sales.schemas import Version

MOST_TARGETS = 1000

type PromotionName = Annotated[str, StringConstraints(min_length=1, max_length=120)]
type AtLeastOne = Annotated[int, Field(ge=1, le=2_000_000_000)]
type PromotionCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{3,32}$", to_upper=True)]
type PromotionTargets = Annotated[list[UUID], Field(max_length=MOST_TARGETS)]
type PromotionKind = Literal["percent", "fixed", "buy_x_get_y", "free_shipping"]


class PromotionTerms(Input):
    """The terms of a promotion besides its kind. Without products and categories it applies to all products."""

    code: PromotionCode | None = None
    percent: Annotated[Decimal, Field(gt=0, le=100, decimal_places=4, allow_inf_nan=False)] | None = None
    amount: MoneyInput | None = None
    buy_quantity: Annotated[int, Field(ge=1, le=100)] | None = None
    get_quantity: Annotated[int, Field(ge=1, le=100)] | None = None
    min_subtotal: MoneyInput | None = None
    min_quantity: AtLeastOne | None = None
    max_uses: AtLeastOne | None = None
    max_uses_per_customer: AtLeastOne | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None


# The fields that each kind needs, and that no other kind may have.
_NEEDED: dict[str, set[str]] = {
    "percent": {"percent"},
    "fixed": {"amount"},
    "buy_x_get_y": {"buy_quantity", "get_quantity"},
    "free_shipping": set(),
}


class PromotionInput(PromotionTerms):
    """A rule that takes something off: for everyone, or for shoppers who enter its code.

    `percent` takes that share off, `fixed` an `amount`. With `buy_x_get_y`, of `buyQuantity` + `getQuantity` units the
    cheapest `getQuantity` are free. One that is not `stackable` is used by itself, if it saves more than the others.
    """

    name: PromotionName
    kind: PromotionKind
    stackable: bool = True
    priority: Annotated[int, Field(ge=0, le=1000, description="The lowest is taken first.")] = 0
    is_active: bool = True
    product_ids: PromotionTargets = []
    category_ids: PromotionTargets = []

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        given = {name for name in set[str]().union(*_NEEDED.values()) if getattr(self, name) is not None}
        if given != _NEEDED[self.kind]:
            raise ValueError(f"{self.kind} needs {_names(_NEEDED[self.kind])}, and no field of the other kinds")
        if self.amount and not self.amount.amount:
            raise ValueError("amount must be more than zero")
        if self.amount and self.min_subtotal and self.amount.currency != self.min_subtotal.currency:
            raise ValueError("minSubtotal must be in the currency of amount")
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValueError("endsAt must be after startsAt")
        return self


class PromotionChange(PromotionTerms):
    """What is left out stays, null removes a condition; the kind stays. `productIds` and `categoryIds` replace all."""

    name: PromotionName | None = None
    stackable: bool | None = None
    priority: Annotated[int, Field(ge=0, le=1000)] | None = None
    is_active: bool | None = None
    product_ids: PromotionTargets | None = None
    category_ids: PromotionTargets | None = None
    version: Version


class PromotionSummary(Reply):
    id: UUID
    code: str | None
    name: str
    kind: PromotionKind
    percent: str | None
    amount: Money | None
    buy_quantity: int | None
    get_quantity: int | None
    min_subtotal: Money | None
    min_quantity: int | None
    max_uses: int | None
    max_uses_per_customer: int | None
    uses: int
    for_all_goods: bool
    stackable: bool
    priority: int
    starts_at: datetime | None
    ends_at: datetime | None
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime


class PromotionReply(PromotionSummary):
    """A promotion with its products and categories."""

    product_ids: list[UUID]
    category_ids: list[UUID]

    @classmethod
    def of(cls, summary: PromotionSummary, *, product_ids: list[UUID], category_ids: list[UUID]) -> Self:
        """Add to a promotion its products and categories."""
        return cls.model_validate({**dict(summary), "product_ids": product_ids, "category_ids": category_ids})


def _names(fields: set[str]) -> str:
    return " and ".join(sorted(PromotionTerms.model_fields[name].alias or name for name in fields)) or "nothing more"
