"""Queue: what payment providers sent. Settles it."""

from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler
from ravo.sales.webhooks import service


def process_payment(envelope: Envelope) -> None:
    """Ask the provider how the payment stands now, and settle that; the receipt is this job's inbox."""
    service.process(envelope)


handler = job_handler(process_payment, hears=("payment.reported",), tries=5)
