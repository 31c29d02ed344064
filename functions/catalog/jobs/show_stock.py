"""Queue: stock that changed. Shows shoppers what there is."""

from ravo.catalog.projections import service
from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler


def show_stock(envelope: Envelope) -> None:
    """Take over what inventory says; an older word that comes late changes nothing, so there is no inbox."""
    service.apply_stock(envelope)


handler = job_handler(show_stock, hears=("stock.changed",), tries=5)
