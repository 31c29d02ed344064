"""What staff send and see of shipping zones and rates."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from ravo.platform.addresses import RegionCode
from ravo.platform.countries import COUNTRIES
from ravo.platform.schemas import Input, Money, MoneyInput, Reply
from ravo.sales.schemas import TermName, Version

MOST_PLACES = 500
EVERYWHERE_ELSE = "*"

type Count = Annotated[int, Field(ge=0, le=2_000_000_000)]
type ShippingDays = Annotated[int, Field(ge=0, le=365)]


def _known_or_all(country: str) -> str:
    if country != EVERYWHERE_ELSE and country not in COUNTRIES:
        raise ValueError(f"{country} is not a country; use an ISO 3166-1 code")
    return country


type ShippingCountry = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|\*)$"), AfterValidator(_known_or_all)]


class ShippingPlace(Input):
    """A country, or a part of one. The country `*` is every place that no zone names."""

    country: ShippingCountry
    region: RegionCode = ""

    @model_validator(mode="after")
    def _nowhere_in_particular(self) -> Self:
        if self.country == EVERYWHERE_ELSE and self.region:
            raise ValueError("the country * has no regions; leave region out")
        return self


def _each_once(places: list[ShippingPlace]) -> list[ShippingPlace]:
    if len({(place.country, place.region) for place in places}) < len(places):
        raise ValueError("a place is listed twice; list each place once")
    return places


type ShippingPlaces = Annotated[
    list[ShippingPlace], Field(min_length=1, max_length=MOST_PLACES), AfterValidator(_each_once)
]


class ShippingZoneInput(Input):
    """Places that share their shipping rates. A place belongs to one zone; a region comes before its country."""

    name: TermName
    places: ShippingPlaces
    is_active: bool = True


class ShippingZoneChange(Input):
    """What is left out stays as it is; `places` replaces all of them."""

    name: TermName | None = None
    places: ShippingPlaces | None = None
    is_active: bool | None = None
    version: Version


class ShippingRateInput(Input):
    """The price of shipping within a weight range; it is free from `freeFrom` on, in the currency of `price`."""

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
            raise ValueError("freeFrom must be in the currency of price")
        if self.max_weight_grams is not None and self.max_weight_grams < self.min_weight_grams:
            raise ValueError("maxWeightGrams must not be below minWeightGrams")
        if self.max_days < self.min_days:
            raise ValueError("maxDays must not be below minDays")
        return self


class ShippingRateChange(Input):
    """What is left out stays as it is; a null `freeFrom` or `maxWeightGrams` removes that limit."""

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
