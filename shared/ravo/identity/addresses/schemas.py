"""Kept addresses at the edge."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from ravo.platform.addresses import Address, AddressReply
from ravo.platform.schemas import Input, Reply

type AddressLabel = Annotated[str, StringConstraints(max_length=60)]


class NewAddress(Input):
    label: AddressLabel = ""
    address: Address
    is_default_shipping: bool = False
    is_default_billing: bool = False


class AddressChange(Input):
    """What is left out stays as it is; an address is sent whole, since its parts belong together."""

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
