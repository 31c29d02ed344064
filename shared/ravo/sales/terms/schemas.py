"""What staff send and see of taxes, shipping, promotions and gift cards."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, model_validator

from ravo.platform.addresses import CountryCode, RegionCode
from ravo.platform.countries import COUNTRIES
from ravo.platform.schemas import Input, Money, MoneyInput, Reply

MOST_PLACES = 500
MOST_TARGETS = 1000
EVERYWHERE_ELSE = "*"

type TermName = Annotated[str, StringConstraints(min_length=1, max_length=64)]
type PromotionName = Annotated[str, StringConstraints(min_length=1, max_length=120)]
type Version = Annotated[int, Field(ge=1, le=2_000_000_000, description="The version that the change was made on.")]
type Count = Annotated[int, Field(ge=0, le=2_000_000_000)]
type AtLeastOne = Annotated[int, Field(ge=1, le=2_000_000_000)]
type ShippingDays = Annotated[int, Field(ge=0, le=365)]
type TaxPercent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=4, allow_inf_nan=False, examples=["19"])]
type PromotionCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{3,32}$", to_upper=True)]
type PromotionTargets = Annotated[list[UUID], Field(max_length=MOST_TARGETS)]
type PromotionKind = Literal["percent", "fixed", "buy_x_get_y", "free_shipping"]


def _known_or_all(country: str) -> str:
    if country != EVERYWHERE_ELSE and country not in COUNTRIES:
        raise ValueError(f"{country} is no country that ISO 3166-1 knows")
    return country


type ShippingCountry = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|\*)$"), AfterValidator(_known_or_all)]


class TaxRateInput(Input):
    """The tax on a class of goods where they go. Without a region it is the whole country's."""

    country: CountryCode
    region: RegionCode = ""
    tax_class: TermName = "standard"
    name: TermName
    percent: TaxPercent
    # Whether prices shown there hold the tax.
    prices_include: bool = False


class TaxRateChange(Input):
    """What is left out stays. Another place or class is another rate."""

    name: TermName | None = None
    percent: TaxPercent | None = None
    prices_include: bool | None = None
    version: Version


class TaxRateReply(Reply):
    id: UUID
    country: str
    region: str
    tax_class: str
    name: str
    percent: Annotated[str, Field(examples=["19"])]
    prices_include: bool
    version: int
    created_at: datetime
    updated_at: datetime


class ShippingPlace(Input):
    """A country, or a part of one. The country `*` is every place that no zone names."""

    country: ShippingCountry
    region: RegionCode = ""

    @model_validator(mode="after")
    def _nowhere_in_particular(self) -> Self:
        if self.country == EVERYWHERE_ELSE and self.region:
            raise ValueError("everywhere else has no regions")
        return self


def _each_once(places: list[ShippingPlace]) -> list[ShippingPlace]:
    if len({(place.country, place.region) for place in places}) < len(places):
        raise ValueError("a place is named twice")
    return places


type ShippingPlaces = Annotated[
    list[ShippingPlace], Field(min_length=1, max_length=MOST_PLACES), AfterValidator(_each_once)
]


class ShippingZoneInput(Input):
    """Places that are shipped to at the same rates. A place belongs to one zone; of two that fit, the region's comes before the country's."""

    name: TermName
    places: ShippingPlaces
    is_active: bool = True


class ShippingZoneChange(Input):
    """What is left out stays; `places` replaces all of them."""

    name: TermName | None = None
    places: ShippingPlaces | None = None
    is_active: bool | None = None
    version: Version


class ShippingRateInput(Input):
    """What shipping costs within a span of weight; nothing from goods of `freeFrom` on, in the currency of `price`."""

    name: TermName
    carrier: Annotated[str, StringConstraints(max_length=32)] = ""
    price: MoneyInput
    free_from: MoneyInput | None = None
    min_weight_grams: Count = 0
    max_weight_grams: Count | None = None
    min_days: ShippingDays
    max_days: ShippingDays
    position: Count = 0
    is_active: bool = True

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.free_from and self.free_from.currency != self.price.currency:
            raise ValueError("freeFrom is in another currency than price")
        if self.max_weight_grams is not None and self.max_weight_grams < self.min_weight_grams:
            raise ValueError("maxWeightGrams is below minWeightGrams")
        if self.max_days < self.min_days:
            raise ValueError("maxDays is below minDays")
        return self


class ShippingRateChange(Input):
    """What is left out stays; `freeFrom` and `maxWeightGrams` as null take the limit away."""

    name: TermName | None = None
    carrier: Annotated[str, StringConstraints(max_length=32)] | None = None
    price: MoneyInput | None = None
    free_from: MoneyInput | None = None
    min_weight_grams: Count | None = None
    max_weight_grams: Count | None = None
    min_days: ShippingDays | None = None
    max_days: ShippingDays | None = None
    position: Count | None = None
    is_active: bool | None = None
    version: Version


class ShippingRateReply(Reply):
    id: UUID
    zone_id: UUID
    name: str
    carrier: str
    price: Money
    free_from: Money | None
    min_weight_grams: int
    max_weight_grams: int | None
    min_days: int
    max_days: int
    position: int
    is_active: bool
    version: int


class ShippingPlaceReply(Reply):
    country: str
    region: str


class ShippingZoneReply(Reply):
    id: UUID
    name: str
    is_active: bool
    places: list[ShippingPlaceReply]
    rates: list[ShippingRateReply]
    version: int
    created_at: datetime
    updated_at: datetime


class PromotionTerms(Input):
    """What a promotion may say beside its kind. Without products and categories it is for all goods."""

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


# What each kind needs, and no other may have.
_NEEDED: dict[str, set[str]] = {
    "percent": {"percent"},
    "fixed": {"amount"},
    "buy_x_get_y": {"buy_quantity", "get_quantity"},
    "free_shipping": set(),
}


class PromotionInput(PromotionTerms):
    """A rule that takes something off: by itself, or for whoever names its code.

    `percent` takes that share off, `fixed` an `amount`; of `buyQuantity` + `getQuantity` pieces `buy_x_get_y` gives the
    cheapest `getQuantity` for nothing. One that is not `stackable` is taken alone, if it saves more than the others do.
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
            raise ValueError(f"{self.kind} needs {_names(_NEEDED[self.kind])}, and nothing of the other kinds")
        if self.amount and not self.amount.amount:
            raise ValueError("amount takes nothing off")
        if self.amount and self.min_subtotal and self.amount.currency != self.min_subtotal.currency:
            raise ValueError("minSubtotal is in another currency than amount")
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValueError("endsAt is not after startsAt")
        return self


class PromotionChange(PromotionTerms):
    """What is left out stays, null takes a condition away; another kind is another promotion. `productIds` and `categoryIds` replace theirs."""

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
    """A promotion with what it is for."""

    product_ids: list[UUID]
    category_ids: list[UUID]


def _names(fields: set[str]) -> str:
    return " and ".join(sorted(PromotionTerms.model_fields[name].alias or name for name in fields)) or "nothing more"
