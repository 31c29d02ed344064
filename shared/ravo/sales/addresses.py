"""Postal addresses at the edge."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

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


class Address(Input):
    """Where something goes, or who pays for it."""

    first_name: RequiredLine
    last_name: RequiredLine
    company: AddressLine = ""
    line1: RequiredLine
    line2: AddressLine = ""
    city: RequiredLine
    region: RegionCode = ""
    postal_code: Annotated[str, StringConstraints(max_length=16)] = ""
    country: CountryCode
    phone: Annotated[str, StringConstraints(max_length=32, pattern=r"^[0-9 +()./-]*$")] = ""


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
