"""Queue: people for whom staff created an account. Mails them a link to set a password."""

from ravo.identity.invitations import service as invitations
from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler


def mail_invitation(envelope: Envelope) -> None:
    """Mail the invited person a link to set a password, once."""
    invitations.send(envelope)


handler = job_handler(mail_invitation, hears=("user.invited",), tries=3, first_pause=2)
