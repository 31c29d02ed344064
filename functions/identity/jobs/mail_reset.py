"""Queue: passwords were forgotten. Mails the link that sets a new one."""

from ravo.identity.accounts import letters
from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler


def mail_reset(envelope: Envelope) -> None:
    """Mail the link, once, where the event names somebody."""
    letters.send_reset(envelope)


handler = job_handler(mail_reset, hears=("password_reset.requested",), tries=3, first_pause=2)
