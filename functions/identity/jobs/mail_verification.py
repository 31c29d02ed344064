"""Queue: new accounts and requests for another link. Mails the link that proves a mail address."""

from ravo.identity.emails import service as emails
from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler


def mail_verification(envelope: Envelope) -> None:
    """Mail the link, once, unless the address is proven by now."""
    emails.send_verification(envelope)


handler = job_handler(
    mail_verification, hears=("user.registered", "email_verification.requested"), tries=3, first_pause=2
)
