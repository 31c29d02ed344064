"""Every night: delete links and sessions that expired long ago."""

from typing import Any

from ravo.identity.retention import service as retention
from ravo.platform.jobs import schedule_handler


def clean_tokens(event: dict[str, Any]) -> dict[str, int]:  # noqa: ARG001  (each night is like the others)
    """Delete links a week after they expire, sessions and used refresh tokens a month after they do."""
    return retention.clean()


handler = schedule_handler(clean_tokens)
