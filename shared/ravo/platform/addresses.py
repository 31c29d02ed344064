"""Postal addresses at the edge, by the rules of their country."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator

from ravo.platform import postal
from ravo.platform.countries import COUNTRIES
from ravo.platform.schemas import Input, Reply

type AddressLine = Annotated[str, StringConstraints(max_length=120)]
type RequiredLine = Annotated[str, StringConstraints(min_length=1, max_length=120)]


def _known(country: str) -> str:
    if country not in COUNTRIES:
        raise ValueError(f"{country} is no country that ISO 3166-1 knows")
    return country


type CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), AfterValidator(_known)]
# The part of a country as ISO 3166-2 writes it behind the dash: CA of US-CA.
type RegionCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{0,8}$", to_upper=True)]
type PostalCode = Annotated[str, StringConstraints(max_length=16)]


class Address(Input):
    """Where something goes, or who pays for it. City, region and postal code are required if the country has them."""

    # First, since the others are checked by it; an error names the part that is wrong.
    country: CountryCode
    first_name: RequiredLine
    last_name: RequiredLine
    company: AddressLine = ""
    line1: RequiredLine
    line2: AddressLine = ""
    city: AddressLine = Field(default="", validate_default=True)
    region: RegionCode = Field(default="", validate_default=True)
    postal_code: PostalCode = Field(default="", validate_default=True)
    phone: Annotated[str, StringConstraints(max_length=32, pattern=r"^[0-9 +()./-]*$")] = ""

    @field_validator("city")
    @classmethod
    def _city_of_country(cls, value: str, info: ValidationInfo) -> str:
        return postal.city(info.data["country"], value) if "country" in info.data else value

    @field_validator("region")
    @classmethod
    def _region_of_country(cls, value: str, info: ValidationInfo) -> str:
        return postal.region(info.data["country"], value) if "country" in info.data else value

    @field_validator("postal_code")
    @classmethod
    def _postal_code_of_country(cls, value: str, info: ValidationInfo) -> str:
        if "country" not in info.data:
            return value
        return postal.postal_code(info.data["country"], info.data.get("region", ""), value)


class AddressReply(Reply):
    """An address as it was given, by the rules of its day."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    phone: str = ""
