"""One-time passwords (TOTP, RFC 6238): made, and checked together with recovery codes."""

import hmac
from datetime import timedelta
from email.utils import parseaddr
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.events import RecoveryCodeUsed
from ravo.identity.recovery_codes import queries as recovery_code_queries
from ravo.identity.recovery_codes import service as recovery_codes
from ravo.identity.recovery_codes.service import SEPARATORS
from ravo.identity.totp import queries
from ravo.identity.totp.errors import OneTimePasswordNeeded, OneTimePasswordWrong
from ravo.identity.totp.models import SecondFactor
from ravo.platform import outbox
from ravo.platform.errors import RateLimited, Refusal
from ravo.platform.observability import count
from ravo.platform.sealing import seal, unseal
from ravo.platform.settings import settings
from ravo.platform.time import now

if TYPE_CHECKING:
    from pyotp.totp import TOTP


# Three codes of a million are right at any moment. After five wrong ones in a row the next try waits a minute, then
# two, then four, up to an hour, whichever client it comes from: a day of guessing is some thirty tries.
FREE_FAILURES = 5
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
_MOST_DOUBLINGS = 6


def check(session: Session, user_id: UUID, given: str | None) -> bool | Refusal:
    """Return whether a second factor was shown: False where none is on, and the refusal where it was missing or wrong.

    The refusal is returned, not raised, since the failure that it counts has to be committed. Nobody can guess a
    recovery code, so these don't wait: an attacker who knows the password and guesses can't shut out an owner who has
    one.
    """
    factor = queries.factor_for_update(session, user_id)
    if factor is None or factor.confirmed_at is None:
        return False
    if not given:
        return OneTimePasswordNeeded()
    recovery = recovery_codes.hash_of(given)
    if recovery:
        return _recovered(session, user_id, recovery)
    wait = _wait(factor)
    if wait > timedelta():
        return RateLimited(retry_after=int(wait.total_seconds()) + 1)
    step = step_of(opened(factor.secret, user_id), given)
    if step is None or not queries.use_step(session, user_id, step):
        queries.note_failure(session, user_id)
        count("OneTimePasswordRefused")
        return OneTimePasswordWrong()
    return True


def _recovered(session: Session, user_id: UUID, code_hash: bytes) -> bool | Refusal:
    code_id = recovery_code_queries.use_recovery_code(session, user_id, code_hash)
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


# Clocks of phones may be a step of 30 seconds early or late.
TOLERANCE = 1


def new_secret() -> str:
    """Make a secret of 160 bits in the form that apps accept (base32)."""
    from pyotp import random_base32

    return random_base32()


def uri_of(secret: str, email: str) -> str:
    """Return the URI that an app reads from a QR code: the secret, the shop's name and the account's."""
    return _totp(secret).provisioning_uri(name=email, issuer_name=_shop())


def sealed(secret: str, user_id: UUID) -> bytes:
    """Seal a secret for its user's row: in another user's row it can't be opened."""
    return seal(secret.encode(), _purpose(user_id))


def opened(content: bytes, user_id: UUID) -> str:
    """Open a user's sealed secret."""
    return unseal(content, _purpose(user_id)).decode()


def step_of(secret: str, code: str) -> int | None:
    """Return the time step that a code belongs to, if it is the current one or one next to it."""
    plain = SEPARATORS.sub("", code)
    totp = _totp(secret)
    this = totp.timecode(now())
    for step in range(this - TOLERANCE, this + TOLERANCE + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), plain.encode()):
            return step
    return None


def _purpose(user_id: UUID) -> str:
    return f"second-factor:{user_id}"


def _shop() -> str:
    """Return the name that people know the shop by: the sender's name of its mails, else its host."""
    here = settings()
    return parseaddr(here.mail_from)[0] or urlsplit(here.public_url).hostname or here.public_url


def _totp(secret: str) -> "TOTP":
    from pyotp.totp import TOTP

    return TOTP(secret)
