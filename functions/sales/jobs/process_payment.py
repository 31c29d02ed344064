"""Queue: what payment providers reported. Makes it true of the order."""

from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler
from ravo.sales.payments import reports


def process_payment(envelope: Envelope) -> None:
    """Ask the provider how the payment stands now, and settle that; the receipt is this job's inbox."""
    reports.process(envelope)


handler = job_handler(process_payment, hears=("payment.reported",), tries=5)
