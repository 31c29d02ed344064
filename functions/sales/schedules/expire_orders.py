"""Every five minutes: cancel orders that were not paid in time."""

from typing import Any

from ravo.platform.jobs import schedule_handler
from ravo.sales.expiry import service


def expire_orders(event: dict[str, Any]) -> int:
    """Sweep if Valkey says that any order waits for its payment; overdue stock is already free."""
    return service.sweep(force=bool(event.get("force")))


handler = schedule_handler(expire_orders)
