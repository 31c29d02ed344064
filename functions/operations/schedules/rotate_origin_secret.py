"""Every hour, and when an operator invokes it: do the next step of giving CloudFront a new origin secret."""

from typing import Any

from ravo.operations.front_door import service as front_door
from ravo.platform.jobs import schedule_handler


def rotate_origin_secret(event: dict[str, Any]) -> str:
    """Continue the rotation under way, or begin one once a month; `{"begin": true}` begins now."""
    return front_door.rotate(begin=bool(event.get("begin")))


handler = schedule_handler(rotate_origin_secret)
