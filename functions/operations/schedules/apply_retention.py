"""Daily at 03:00: end what is older than it may become, and orders whose customers asked to be forgotten."""

from typing import Any

from ravo.operations.retention import service as retention
from ravo.platform.jobs import schedule_handler


def apply_retention(event: dict[str, Any]) -> retention.Done:  # noqa: ARG001  (every run does the same)
    """Keep to the periods of retention."""
    return retention.apply()


handler = schedule_handler(apply_retention)
