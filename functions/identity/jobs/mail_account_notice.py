"""Queue: changes to how an account is signed in to. Mails its owner what was changed or used up."""

from ravo.identity.emails import service as emails
from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler


def mail_account_notice(envelope: Envelope) -> None:
    """Mail the owner, once."""
    emails.send_notice(envelope)


handler = job_handler(
    mail_account_notice,
    hears=("user.password_changed", "recovery_code.used", "provider.linked", "provider.unlinked"),
    tries=3,
    first_pause=2,
)
