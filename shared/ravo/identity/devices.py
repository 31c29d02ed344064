"""Devices that an account was signed in to from: how they are known again, so that strangers' guesses do not lock them out."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import Any

from ravo.platform import sealing
from ravo.platform.ids import uuid7
from ravo.platform.time import now

DEVICE_COOKIE = "__Secure-ravo_device"
DEVICE_LIFE = timedelta(days=180)
_PURPOSE = "device"


def account_key(email: str) -> str:
    """Return what an account goes by where its mail address must not stand: the same for one address whatever its case, and of no use without our secret."""
    return sealing.fingerprint(email.lower().encode(errors="replace"), "account").hex()[:32]


def device_token(email: str) -> str:
    """Return what a device is to keep from which the account of a mail address was signed in to; nobody else can read or make it."""
    said = {"account": account_key(email), "device": str(uuid7()), "until": (now() + DEVICE_LIFE).timestamp()}
    return urlsafe_b64encode(sealing.seal(json.dumps(said).encode(), _PURPOSE)).decode()


def device_for(account: str, event: dict[str, Any]) -> str | None:
    """Return the id of the device that a request comes from, or None if it never signed in to this account."""
    prefix = f"{DEVICE_COOKIE}="
    for cookie in event.get("cookies") or ():
        if cookie.startswith(prefix):
            said = _read(cookie.removeprefix(prefix))
            if said and said["account"] == account and said["until"] > now().timestamp():
                return said["device"]
    return None


def _read(token: str) -> dict[str, Any] | None:
    try:
        return json.loads(sealing.unseal(urlsafe_b64decode(token), _PURPOSE))
    except ValueError:
        # Not ours, or sealed with a key that is gone.
        return None
