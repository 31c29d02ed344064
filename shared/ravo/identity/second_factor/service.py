"""A user's own second factor: set up, confirmed, removed, and its recovery codes replaced."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.reauthentication import service as reauthentication
from ravo.identity.recovery_codes import queries as recovery_code_queries
from ravo.identity.recovery_codes import service as recovery_codes
from ravo.identity.second_factor.errors import CodeWrong, EmailNotProven, SecondFactorOff, SecondFactorOn
from ravo.identity.sessions import queries as session_queries
from ravo.identity.sessions import service as sessions
from ravo.identity.totp import queries as totp_queries
from ravo.identity.totp import service as totp
from ravo.platform.errors import Refusal
from ravo.platform.observability import count
from ravo.platform.time import now
from ravo.platform.tokens import Principal


@dataclass(frozen=True)
class Enrolment:
    """What an app needs, shown once: the secret, also as a URI that apps read from a QR code."""

    secret: str
    uri: str


@dataclass(frozen=True)
class State:
    """How a user's second factor stands."""

    on: bool
    confirmed_at: datetime | None
    recovery_codes_left: int


def state(session: Session, user_id: UUID) -> State:
    """Return whether a second factor is on, since when, and how many recovery codes are left."""
    factor = totp_queries.factor(session, user_id)
    if factor is None or factor.confirmed_at is None:
        return State(False, None, 0)
    return State(True, factor.confirmed_at, recovery_code_queries.recovery_codes_left(session, user_id))


def begin(session: Session, caller: Principal, password: str | None) -> Enrolment:
    """Make a secret for an app; it counts once a code made with it was shown.

    Refuses with `NotProven` or `SignInTooOld`, with `EmailNotProven`, and with `SecondFactorOn` where one was
    confirmed.
    """
    user = reauthentication.by_password(session, caller, password)
    if user.email_verified_at is None:
        raise EmailNotProven
    secret = totp.new_secret()
    if not totp_queries.keep_unconfirmed(session, user.id, totp.sealed(secret, user.id)):
        raise SecondFactorOn
    return Enrolment(secret, totp.uri_of(secret, user.email))


def confirm(session: Session, caller: Principal, code: str) -> list[str]:
    """Turn the second factor on by its first code, end the other sessions, and return the recovery codes.

    This session counts as one with a second factor from its next refresh on. Refuses with `SecondFactorOff`,
    `SecondFactorOn` or `CodeWrong`.
    """
    factor = totp_queries.factor_for_update(session, caller.id)
    if factor is None:
        raise SecondFactorOff
    if factor.confirmed_at:
        raise SecondFactorOn
    step = totp.step_of(totp.opened(factor.secret, caller.id), code)
    if step is None:
        raise CodeWrong
    factor.confirmed_at, factor.last_step = now(), step
    session_queries.mark_session(session, caller.session_id)
    sessions.end_others(session, by=caller)
    count("SecondFactorTurnedOn")
    return _new_recovery_codes(session, caller.id)


def remove(session: Session, caller: Principal, password: str | None, code: str) -> Refusal | None:
    """Remove the second factor.

    Refuses with `SecondFactorOff` and as `reauthentication.by_all` does, whose refusal may be returned.
    """
    refused = _proven_twice(session, caller, password, code)
    if refused:
        return refused
    totp_queries.remove_factor(session, caller.id)
    recovery_code_queries.remove_recovery_codes(session, caller.id)
    session_queries.unmark_sessions(session, caller.id)
    count("SecondFactorTurnedOff")
    return None


def renew_recovery_codes(session: Session, caller: Principal, password: str | None, code: str) -> list[str] | Refusal:
    """Make new recovery codes; earlier ones are no longer valid. Refuses as `remove` does."""
    return _proven_twice(session, caller, password, code) or _new_recovery_codes(session, caller.id)


def _proven_twice(session: Session, caller: Principal, password: str | None, code: str) -> Refusal | None:
    shown = reauthentication.by_all(session, caller, password, code)
    if shown is False:
        raise SecondFactorOff
    return shown if isinstance(shown, Refusal) else None


def _new_recovery_codes(session: Session, user_id: UUID) -> list[str]:
    made = recovery_codes.new_codes()
    recovery_code_queries.remove_recovery_codes(session, user_id)
    recovery_code_queries.add_recovery_codes(session, user_id, filter(None, map(recovery_codes.hash_of, made)))
    return made
