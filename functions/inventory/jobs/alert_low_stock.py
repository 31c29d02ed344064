"""Queue: stock that fell to its alert level, or changed otherwise. Notifies staff once per fall."""

from ravo.inventory.alerts import service
from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler


def alert_low_stock(envelope: Envelope) -> None:
    """Open alerts for variants that run low, with one notice to staff, and close those that are over."""
    service.hear(envelope)


handler = job_handler(alert_low_stock, hears=("stock.low", "stock.changed"), tries=3, first_pause=2)
