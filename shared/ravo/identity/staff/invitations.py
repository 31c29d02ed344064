"""The mail to someone whom staff made an account for: its link lets them set a password."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy.orm import Session

from ravo.identity.events import StaffInvited
from ravo.identity.models import MailedToken
from ravo.identity.staff.queries import users as queries
from ravo.platform import mail
from ravo.platform.events import Envelope
from ravo.platform.ids import uuid7
from ravo.platform.settings import settings
from ravo.platform.time import now

LINK_LIFE = timedelta(hours=72)


def hear(envelope: Envelope) -> None:
    """Ask whoever was invited to set a password, once."""
    invited = envelope.event(StaffInvited)
    mail.send_once(kind="identity.invitation", event_id=envelope.id, build=lambda session: _letter(session, invited))


def _letter(session: Session, invited: StaffInvited) -> mail.Letter | None:
    user = queries.user_by_id(session, invited.aggregate_id)
    # Who was locked out meanwhile, or has found a way in already, needs no letter.
    if user is None or user.disabled_at is not None or user.password_hash is not None:
        return None
    # The letter alone holds the token; each try makes a new one in place of the one before.
    token = secrets.token_urlsafe(32)
    kept = MailedToken(
        id=uuid7(),
        user_id=user.id,
        purpose="reset_password",
        hash=hashlib.sha256(token.encode()).digest(),
        email=user.email,
        expires_at=now() + LINK_LIFE,
    )
    queries.replace_mailed_token(session, kept)
    values = {
        "first_name": " ".join(user.first_name.split()),
        "url": f"{settings().public_url}/reset-password?token={token}",
        "valid_until": kept.expires_at,
    }
    return mail.Letter(user.email, user.locale, values)
