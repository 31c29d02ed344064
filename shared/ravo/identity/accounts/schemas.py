"""What people send about their accounts, and what they are told."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from ravo.identity.schemas import Email, NewPassword, OneTimePassword
from ravo.platform.addresses import Address, AddressReply
from ravo.platform.schemas import Input, Reply

type LinkSecret = Annotated[str, StringConstraints(min_length=1, max_length=100)]
type CurrentPassword = Annotated[str, StringConstraints(strip_whitespace=False, max_length=200)]
type AddressLabel = Annotated[str, StringConstraints(max_length=60)]
type ConsentPurpose = Literal["marketing_mail", "analytics", "personalisation"]


class LinkToken(Input):
    """What a mail's link carries."""

    token: LinkSecret


class Forgotten(Input):
    email: Email


class PasswordReset(Input):
    token: LinkSecret
    new_password: NewPassword


class PasswordChange(Input):
    current_password: CurrentPassword
    new_password: NewPassword


class EmailChange(Input):
    """Where a second factor is on, a code of the app or a recovery code is needed too."""

    new_email: Email
    current_password: CurrentPassword
    code: OneTimePassword | None = None


class Closing(Input):
    """Who has no password leaves it out, and must have signed in within the last five minutes."""

    current_password: CurrentPassword | None = None


class LinkMailed(Reply):
    """A link goes to this address, if there is a reason to send one; it can be used once, for so many seconds."""

    email: str
    valid_for: int


class SessionReply(Reply):
    """A sign-in on one device; `isCurrent` marks the one that asks."""

    id: UUID
    user_agent: str
    network_address: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    is_current: bool


class NewAddress(Input):
    label: AddressLabel = ""
    address: Address
    is_default_shipping: bool = False
    is_default_billing: bool = False


class AddressChange(Input):
    """What is left out stays as it is; an address is sent whole, since its parts hang together."""

    label: AddressLabel | None = None
    address: Address | None = None
    is_default_shipping: bool | None = None
    is_default_billing: bool | None = None
    version: Annotated[int, Field(ge=1, le=2_000_000_000)]


class KeptAddress(Reply):
    id: UUID
    label: str
    address: AddressReply
    is_default_shipping: bool
    is_default_billing: bool
    created_at: datetime
    version: int


class ConsentChange(Input):
    """The purposes that someone speaks about, and the version of the text that was read for it; others stay as they are."""

    policy_version: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    purposes: Annotated[dict[ConsentPurpose, bool], Field(min_length=1, examples=[{"marketing_mail": True}])]


class ConsentReply(Reply):
    """What counts for a purpose, since when and by which text; without `since` nobody was asked yet, and it is no."""

    purpose: ConsentPurpose
    granted: bool
    since: datetime | None
    policy_version: str | None


class ConsentEntry(Reply):
    """Something that was said about a purpose, when, and where."""

    purpose: str
    granted: bool
    policy_version: str
    source: str
    given_at: datetime
