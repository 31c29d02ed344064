"""Every 15 minutes: delete expired reservations."""

from typing import Any

from ravo.inventory.reservations import service as reservations
from ravo.platform.jobs import schedule_handler


def release_reservations(event: dict[str, Any]) -> int:
    """Sweep if Valkey says that any reservation exists. They stopped counting when they expired; this is hygiene."""
    return reservations.sweep(force=bool(event.get("force")))


handler = schedule_handler(release_reservations)
