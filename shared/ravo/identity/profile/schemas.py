"""The profile at the edge."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from ravo.identity.accounts.schemas import Locale, PersonName
from ravo.platform.money import CURRENCY_DIGITS
from ravo.platform.schemas import Input, Reply


def _currency(value: str) -> str:
    if value not in CURRENCY_DIGITS:
        raise ValueError(f"{value} is no currency that we know")
    return value


type CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"]), AfterValidator(_currency)]


class ProfileChange(Input):
    """What is left out stays as it is; a null currency removes it.

    `version` is the one that the change was made on.
    """

    first_name: PersonName | None = None
    last_name: PersonName | None = None
    locale: Locale | None = None
    currency: CurrencyCode | None = None
    version: Annotated[int, Field(ge=1, le=2_000_000_000)]


class Profile(Reply):
    id: UUID
    email: str
    first_name: str
    last_name: str
    locale: str
    currency: str | None
    email_verified: bool
    roles: list[str]
    permissions: list[str]
    created_at: datetime
    version: int
