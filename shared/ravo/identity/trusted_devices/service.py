"""Trusted devices: browsers that signed in to an account before; strangers' guesses do not lock them out."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from ravo.identity import sealed_cookies
from ravo.identity.sealed_cookies import SealedCookie
from ravo.platform import sealing
from ravo.platform.ids import uuid7
from ravo.platform.time import now

DEVICE_COOKIE = "__Secure-ravo_device"
DEVICE_LIFE = timedelta(days=180)
_PURPOSE = "device"


class _Device(SealedCookie):
    account: str
    id: UUID


def account_key(email: str) -> str:
    """Return an account's key for places where its mail address must not appear.

    It is the same for one address whatever its case, and of no use without our secret.
    """
    return sealing.fingerprint(email.lower().encode(errors="replace"), "account").hex()[:32]


def device_token(email: str) -> str:
    """Return the token for a device that signed in to the account of a mail address.

    Nobody else can read or make it.
    """
    return sealed_cookies.write(
        _Device(expires_at=now() + DEVICE_LIFE, account=account_key(email), id=uuid7()), _PURPOSE
    )


def device_for(account: str, event: dict[str, Any]) -> str | None:
    """Return the id of the device that a request comes from, or None if it never signed in to this account."""
    prefix = f"{DEVICE_COOKIE}="
    for cookie in event.get("cookies") or ():
        if cookie.startswith(prefix):
            said = sealed_cookies.read(_Device, cookie.removeprefix(prefix), _PURPOSE)
            if said and said.account == account:
                return str(said.id)
    return None
