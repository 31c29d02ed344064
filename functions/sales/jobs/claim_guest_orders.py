"""Queue: mail addresses that were proven. Gives their users the orders that they placed as guests."""

from ravo.identity.events import UserEmailVerified
from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler
from ravo.sales.guest_orders import service


def claim_guest_orders(envelope: Envelope) -> None:
    """Give a user the guest orders of the proven address; orders that have a customer stay as they are."""
    service.claim(envelope.event(UserEmailVerified).user_id)


handler = job_handler(claim_guest_orders, hears=("user.email_verified",), tries=5)
