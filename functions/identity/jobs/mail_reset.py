"""Queue: forgotten passwords. Mails the link that sets a new one."""

from ravo.identity.emails import service as emails
from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler


def mail_reset(envelope: Envelope) -> None:
    """Mail the link, once, if the event names a user."""
    emails.send_reset(envelope)


handler = job_handler(mail_reset, hears=("password_reset.requested",), tries=3, first_pause=2)
