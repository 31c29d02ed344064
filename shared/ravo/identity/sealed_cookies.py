"""Sealed cookies: a browser keeps them for us for a while, and can neither read nor change them."""

import base64
import binascii
from datetime import datetime

from pydantic import BaseModel, ConfigDict, ValidationError

from ravo.platform.sealing import SealBroken, seal, unseal
from ravo.platform.time import now

# The size that browsers accept for a cookie, with some room.
LONGEST = 3000


class SealedCookie(BaseModel):
    """What the cookie carries, and until when it is valid."""

    model_config = ConfigDict(frozen=True)

    expires_at: datetime


def write(ticket: SealedCookie, purpose: str) -> str:
    """Write and seal a cookie's value."""
    return base64.urlsafe_b64encode(seal(ticket.model_dump_json().encode(), purpose)).decode().rstrip("=")


def read[T: SealedCookie](kind: type[T], sealed: str, purpose: str) -> T | None:
    """Read a cookie's value; None for one that was changed, was made for another purpose, or is too old."""
    try:
        content = unseal(base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)), purpose)
        ticket = kind.model_validate_json(content)
    except (SealBroken, ValidationError, binascii.Error, ValueError):
        return None
    return ticket if ticket.expires_at > now() else None
