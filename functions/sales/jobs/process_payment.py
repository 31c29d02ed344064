"""Queue: receipts of payment providers. Settles their payments."""

from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler
from ravo.sales.webhooks import service


def process_payment(envelope: Envelope) -> None:
    """Fetch the state of the payment from the provider and settle it; the receipt is this job's inbox."""
    service.process(envelope)


handler = job_handler(process_payment, hears=("payment.reported",), tries=5)
