"""Queue: refunds that were requested. Sends the money back."""

from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler
from ravo.sales.refunds import service


def process_refund(envelope: Envelope) -> None:
    """Request the refund from the provider; the refund's own status is this job's inbox, its id the provider's key."""
    service.process(envelope.aggregate_id)


handler = job_handler(process_refund, hears=("refund.requested",), tries=5)
