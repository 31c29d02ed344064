"""Every hour, and whenever an operator asks: take the step that is due of having another key sign access tokens."""

from typing import Any

from ravo.operations.signing_keys import service as signing_keys
from ravo.platform.jobs import schedule_handler


def rotate_signing_key(event: dict[str, Any]) -> str:
    """Go on with what is under way, or begin once a month.

    `{"begin": true}` begins now; `{"leaked": true}` has a new key alone count at once.
    """
    return signing_keys.replace() if event.get("leaked") else signing_keys.rotate(begin=bool(event.get("begin")))


handler = schedule_handler(rotate_signing_key)
