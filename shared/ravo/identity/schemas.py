"""What identity says and hears at the edge."""

import re
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from ravo.platform.money import CURRENCY_DIGITS
from ravo.platform.schemas import Input, Reply

# One @, something on both sides, a dot in the domain, no white space: the mail we send is the real check.
_EMAIL = re.compile(r"[^@\s\x00-\x1f<>,;:\"]{1,64}@[^@\s\x00-\x1f.<>,;:\"]+(\.[^@\s\x00-\x1f.<>,;:\"]+)+")


def _mail_address(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise ValueError("is no mail address")
    return value


def _currency(value: str) -> str:
    if value not in CURRENCY_DIGITS:
        raise ValueError(f"{value} is no currency that we know")
    return value


type Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254),
    AfterValidator(_mail_address),
    Field(examples=["ada@example.com"], json_schema_extra={"format": "email"}),
]
# Long enough that hashing is no way to keep a function busy, short enough for a phrase.
type NewPassword = Annotated[str, StringConstraints(strip_whitespace=False, min_length=10, max_length=200)]
type Locale = Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$", examples=["en", "de-AT"])]
type CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"]), AfterValidator(_currency)]
type PersonName = Annotated[str, Field(max_length=100)]


# Six digits of an app, or a recovery code; spaces and dashes are for people.
type OneTimePassword = Annotated[str, Field(min_length=1, max_length=60, examples=["123456"])]


class Registration(Input):
    email: Email
    password: NewPassword
    first_name: PersonName = ""
    last_name: PersonName = ""
    locale: Locale = "en"


class Credentials(Input):
    email: Annotated[str, Field(max_length=254)]
    password: Annotated[str, StringConstraints(strip_whitespace=False, max_length=200)]
    # Needed where a second factor is on.
    one_time_password: OneTimePassword | None = None


class ProfileChange(Input):
    """What is left out stays as it is; a currency that is null is taken away. `version` is the one that the change was made on."""

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


class SignedIn(Reply):
    """An access token for the Authorization header; the refresh token comes as a cookie that scripts can't read."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105  (the name of a scheme)
    expires_in: int
    user: Profile
