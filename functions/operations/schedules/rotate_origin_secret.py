"""Every hour, and whenever an operator asks: take the step that is due of giving CloudFront a new value to prove itself
with.
"""

from typing import Any

from ravo.operations.front_door import service as front_door
from ravo.platform.jobs import schedule_handler


def rotate_origin_secret(event: dict[str, Any]) -> str:
    """Go on with what is under way, or begin once a month. `{"begin": true}` begins now."""
    return front_door.rotate(begin=bool(event.get("begin")))


handler = schedule_handler(rotate_origin_secret)
