"""Whether a one-time password or a recovery code is right: each is taken once, and wrong ones make the next wait."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.events import RecoveryCodeUsed
from ravo.identity.models.sessions import SecondFactor
from ravo.identity.second_factor import codes, queries
from ravo.identity.second_factor.errors import OneTimePasswordNeeded, OneTimePasswordWrong
from ravo.platform import outbox
from ravo.platform.errors import RateLimited, Refusal
from ravo.platform.observability import count
from ravo.platform.time import now

# Three codes of a million are right at any moment. After five wrong ones in a row the next try waits a minute, then two,
# then four, up to an hour, whoever asks and from wherever: a day of guessing is some thirty tries.
FREE_FAILURES = 5
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
_MOST_DOUBLINGS = 6


def check(session: Session, user_id: UUID, given: str | None) -> bool | Refusal:
    """Tell whether a second factor was shown: False where none is on, and the refusal where it was not shown rightly.

    The refusal is returned, not raised, since the failure that it counts has to be committed. Recovery codes are beyond
    guessing, so they don't wait: whoever knows the password and guesses shuts nobody out who has one.
    """
    factor = queries.factor_for_update(session, user_id)
    if factor is None or factor.confirmed_at is None:
        return False
    if not given:
        return OneTimePasswordNeeded()
    recovery = codes.recovery_hash(given)
    if recovery:
        return _recovered(session, user_id, recovery)
    wait = _wait(factor)
    if wait > timedelta():
        return RateLimited(retry_after=int(wait.total_seconds()) + 1)
    step = codes.step_of(codes.opened(factor.secret, user_id), given)
    if step is None or not queries.use_step(session, user_id, step):
        queries.note_failure(session, user_id)
        count("OneTimePasswordRefused")
        return OneTimePasswordWrong()
    return True


def _recovered(session: Session, user_id: UUID, code_hash: bytes) -> bool | Refusal:
    code_id = queries.use_recovery_code(session, user_id, code_hash)
    if code_id is None:
        count("OneTimePasswordRefused")
        return OneTimePasswordWrong()
    outbox.record(session, RecoveryCodeUsed(aggregate_id=code_id, version=1, user_id=user_id))
    count("RecoveryCodeUsed")
    return True


def _wait(factor: SecondFactor) -> timedelta:
    """How long the next try has to wait."""
    if factor.failed_at is None or factor.failures < FREE_FAILURES:
        return timedelta()
    doublings = min(factor.failures - FREE_FAILURES, _MOST_DOUBLINGS)
    return factor.failed_at + min(FIRST_WAIT * 2**doublings, LONGEST_WAIT) - now()
