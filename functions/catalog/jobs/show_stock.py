"""Queue: stock that changed. Shows the new stock to shoppers."""

from ravo.catalog.projections import service
from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler


def show_stock(envelope: Envelope) -> None:
    """Copy what inventory reports; an older report that comes late changes nothing, so there is no inbox."""
    service.apply_stock(envelope)


handler = job_handler(show_stock, hears=("stock.changed",), tries=5)
