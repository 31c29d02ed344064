"""Every 15 minutes: clean up after reservations whose time is over."""

from typing import Any

from ravo.inventory.reservations import service as reservations
from ravo.platform.jobs import schedule_handler


def release_reservations(event: dict[str, Any]) -> int:
    """Sweep if Valkey says that anyone holds anything. They stopped counting when they expired; this is hygiene."""
    return reservations.sweep(force=bool(event.get("force")))


handler = schedule_handler(release_reservations)
