"""Daily at 03:00: delete or anonymise data past its retention period, and orders whose customers asked for erasure."""

from typing import Any

from ravo.operations.retention import service as retention
from ravo.platform.jobs import schedule_handler


def apply_retention(event: dict[str, Any]) -> retention.Done:  # noqa: ARG001  (every run does the same)
    """Apply the retention periods."""
    return retention.apply()


handler = schedule_handler(apply_retention)
