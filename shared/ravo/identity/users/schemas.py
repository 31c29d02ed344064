"""Everyone's accounts at the edge."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from ravo.identity.access.schemas import RoleName, Version
from ravo.identity.accounts.schemas import Email, Locale, PersonName
from ravo.platform.schemas import Input, Reply


class UserInput(Input):
    """The person to make an account for; roles need the permission to give them."""

    email: Email
    first_name: PersonName = ""
    last_name: PersonName = ""
    locale: Locale = "en"
    roles: Annotated[list[RoleName], Field(max_length=20)] = ["customer"]


class UserChange(Input):
    """What is left out stays as it is; `version` is the one that the change was made on."""

    first_name: PersonName | None = None
    last_name: PersonName | None = None
    locale: Locale | None = None
    version: Version


class RolesInput(Input):
    """All roles that the user is to have; the others are taken away."""

    roles: Annotated[list[RoleName], Field(max_length=20)]
    version: Version


class UserSummary(Reply):
    """A user in a list; `status` is active or disabled."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    status: Literal["active", "disabled"]
    email_verified: bool
    roles: list[str]
    created_at: datetime
    version: int


class UserDetail(UserSummary):
    """A user with all that the roles allow.

    `sessions` counts the devices that are signed in; someone invited has no password yet.
    """

    locale: str
    permissions: list[str]
    has_password: bool
    has_second_factor: bool
    sessions: int
    last_seen_at: datetime | None
    disabled_at: datetime | None
