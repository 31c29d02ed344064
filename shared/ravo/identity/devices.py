"""Devices that an account was signed in to from: how they are known again, so that strangers' guesses do not lock them out."""

import hmac
from typing import Any

from ravo.platform import tokens
from ravo.platform.secrets import signing_key

DEVICE_COOKIE = "ravo_device"


def account_key(email: str) -> str:
    """Return what an account goes by where its mail address must not stand: the same for one address whatever its case, and of no use without our key."""
    return hmac.digest(signing_key().encode(), b"account:" + email.lower().encode(errors="replace"), "sha256").hex()[
        :32
    ]


def device_token(email: str) -> str:
    """Return what a device is to keep from which the account of a mail address was signed in to."""
    return tokens.sign_device(account_key(email))


def device_for(account: str, event: dict[str, Any]) -> str | None:
    """Return the id of the device that a request comes from, or None if it never signed in to this account."""
    prefix = f"{DEVICE_COOKIE}="
    for cookie in event.get("cookies") or ():
        if cookie.startswith(prefix):
            known = tokens.verify_device(cookie.removeprefix(prefix))
            if known and known[0] == account:
                return known[1]
    return None
