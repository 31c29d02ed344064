"""Every night: take away links and sessions whose time is long over."""

from typing import Any

from ravo.identity.retention import service as retention
from ravo.platform.jobs import schedule_handler


def clean_tokens(event: dict[str, Any]) -> dict[str, int]:  # noqa: ARG001  (each night is like the others)
    """Delete links a week after their end, sessions and used refresh tokens a month after theirs."""
    return retention.clean()


handler = schedule_handler(clean_tokens)
