"""Sealed cookies: what a browser keeps for us for a while, and can neither read nor change."""

import base64
import binascii
from datetime import datetime

from pydantic import BaseModel, ConfigDict, ValidationError

from ravo.platform.sealing import SealBroken, seal, unseal
from ravo.platform.time import now

# What a browser takes as a cookie, with some room.
LONGEST = 3000


class SealedCookie(BaseModel):
    """What is carried, and until when it counts."""

    model_config = ConfigDict(frozen=True)

    expires_at: datetime


def write(ticket: SealedCookie, purpose: str) -> str:
    """Write a ticket as text that fits into a cookie."""
    return base64.urlsafe_b64encode(seal(ticket.model_dump_json().encode(), purpose)).decode().rstrip("=")


def read[T: SealedCookie](kind: type[T], sealed: str, purpose: str) -> T | None:
    """Read a ticket; None for one that was changed, made for something else, or is too old."""
    try:
        content = unseal(base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)), purpose)
        ticket = kind.model_validate_json(content)
    except (SealBroken, ValidationError, binascii.Error, ValueError):
        return None
    return ticket if ticket.expires_at > now() else None
