"""Queue: passwords were changed. Mails their owners that it was done."""

from ravo.identity.accounts import letters
from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler


def mail_password_notice(envelope: Envelope) -> None:
    """Tell the owner, once."""
    letters.send_password_notice(envelope)


handler = job_handler(mail_password_notice, first_pause=2)
