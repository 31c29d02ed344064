"""Queue: refunds that were asked for. Sends the money back."""

from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler
from ravo.sales.refunds import service


def process_refund(envelope: Envelope) -> None:
    """Ask the provider to refund; the refund's own status is this job's inbox, its id the provider's key."""
    service.process(envelope.aggregate_id)


handler = job_handler(process_refund, hears=("refund.requested",), tries=5)
