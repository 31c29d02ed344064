"""Sign-ins that wait for a second factor: who proved the first one carries that, sealed, for a few minutes."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity import queries, service, tickets
from ravo.identity.second_factor import checking
from ravo.identity.second_factor.errors import ChallengeEnded
from ravo.identity.service import Device, Opened
from ravo.identity.tickets import Ticket
from ravo.platform.errors import Refusal
from ravo.platform.observability import count
from ravo.platform.time import now

LIFE = timedelta(minutes=5)
_PURPOSE = "second-factor-challenge"


class _Challenge(Ticket):
    user_id: UUID


def challenge(user_id: UUID) -> str:
    """Write what lets its bearer show the second factor alone, for five minutes."""
    return tickets.written(_Challenge(expires_at=now() + LIFE, user_id=user_id), _PURPOSE)


def answer(session: Session, sealed: str, one_time_password: str, device: Device) -> Opened | Refusal:
    """Open the session that waited. Refuses with `ChallengeEnded`; a wrong password's refusal is returned, for `granted`."""
    waiting = tickets.read(_Challenge, sealed, _PURPOSE)
    account = queries.account_by_id(session, waiting.user_id) if waiting else None
    if account is None:
        raise ChallengeEnded
    checked = checking.check(session, account.user.id, one_time_password)
    if isinstance(checked, Refusal):
        count("LoginRefused")
        return checked
    return service.open_session(session, account, device, second_factor=checked)
