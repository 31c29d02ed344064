"""Every hour, and when an operator invokes it: do the next step of replacing the key that signs access tokens."""

from typing import Any

from ravo.operations.signing_keys import service as signing_keys
from ravo.platform.jobs import schedule_handler


def rotate_signing_key(event: dict[str, Any]) -> str:
    """Continue the rotation under way, or begin one once a month.

    `{"begin": true}` begins now; with `{"leaked": true}` only a new key is valid, at once.
    """
    return signing_keys.replace() if event.get("leaked") else signing_keys.rotate(begin=bool(event.get("begin")))


handler = schedule_handler(rotate_signing_key)
