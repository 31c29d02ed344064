"""Queue: requested changes of mail addresses. Mails the link to the new address and a notice to the old one."""

from ravo.identity.emails import service as emails
from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler


def mail_email_change(envelope: Envelope) -> None:
    """Mail both addresses, each once."""
    emails.send_email_change(envelope)


handler = job_handler(mail_email_change, hears=("email_change.requested",), tries=3, first_pause=2)
