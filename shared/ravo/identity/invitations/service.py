"""The mail to someone for whom staff made an account: its link lets them set a password."""

from datetime import timedelta

from sqlalchemy.orm import Session

from ravo.identity.accounts import queries
from ravo.identity.email_tokens import service as email_tokens
from ravo.identity.emails import service as emails
from ravo.identity.events import StaffInvited
from ravo.platform import mail
from ravo.platform.events import Envelope
from ravo.platform.time import now

LINK_LIFE = timedelta(hours=72)


def send(envelope: Envelope) -> None:
    """Mail an invited user the link that sets a password, once."""
    invited = envelope.event(StaffInvited)
    mail.send_once(kind="identity.invitation", event_id=envelope.id, build=lambda session: _letter(session, invited))


def _letter(session: Session, invited: StaffInvited) -> mail.Letter | None:
    person = queries.person_for_update(session, invited.aggregate_id)
    # A user who was disabled meanwhile, or has set a password already, needs no mail.
    if person is None or person.password_hash is not None:
        return None
    token = email_tokens.issue(session, person.id, person.email, email_tokens.RESET, life=LINK_LIFE)
    if token is None:
        return None
    values = {
        "first_name": " ".join(person.first_name.split()),
        "url": emails.link_to("reset-password", token),
        "valid_until": now() + LINK_LIFE,
    }
    return mail.Letter(person.email, person.locale, values)
