"""Queue: changes to orders. Mails them to their customers."""

from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler
from ravo.sales.emails import service


def mail_order(envelope: Envelope) -> None:
    """Mail an order's customer about the event, once."""
    service.send(envelope)


handler = job_handler(
    mail_order,
    hears=(
        "order.placed",
        "order.paid",
        "order.processing",
        "order.packed",
        "order.shipped",
        "order.out_for_delivery",
        "order.delivered",
        "order.cancelled",
        "order.refunded",
    ),
    tries=3,
    first_pause=2,
)
