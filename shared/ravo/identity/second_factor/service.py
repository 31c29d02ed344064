"""A user's own second factor: set up, confirmed, taken away, and its recovery codes made anew."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.accounts import sessions
from ravo.identity.second_factor import codes, proving, queries
from ravo.identity.second_factor.errors import CodeWrong, EmailNotProven, SecondFactorOff, SecondFactorOn
from ravo.platform.errors import Refusal
from ravo.platform.observability import count
from ravo.platform.time import now
from ravo.platform.tokens import Principal


@dataclass(frozen=True)
class Enrolment:
    """What an app needs, told once: the secret, also as an address that apps read from a QR code."""

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
    factor = queries.factor(session, user_id)
    if factor is None or factor.confirmed_at is None:
        return State(False, None, 0)
    return State(True, factor.confirmed_at, queries.recovery_codes_left(session, user_id))


def begin(session: Session, caller: Principal, password: str | None) -> Enrolment:
    """Make a secret for an app; it counts once a code of it was shown.

    Refuses with `NotProven` or `SignInTooOld`, with `EmailNotProven`, and with `SecondFactorOn` where one was confirmed.
    """
    user = proving.by_password(session, caller, password)
    if user.email_verified_at is None:
        raise EmailNotProven
    secret = codes.new_secret()
    if not queries.keep_unconfirmed(session, user.id, codes.sealed(secret, user.id)):
        raise SecondFactorOn
    return Enrolment(secret, codes.uri_of(secret, user.email))


def confirm(session: Session, caller: Principal, code: str) -> list[str]:
    """Turn the second factor on by its first code, end the other sessions, and return the recovery codes.

    This session counts as one with a second factor from its next refresh on. Refuses with `SecondFactorOff`,
    `SecondFactorOn` or `CodeWrong`.
    """
    factor = queries.factor_for_update(session, caller.id)
    if factor is None:
        raise SecondFactorOff
    if factor.confirmed_at:
        raise SecondFactorOn
    step = codes.step_of(codes.opened(factor.secret, caller.id), code)
    if step is None:
        raise CodeWrong
    factor.confirmed_at, factor.last_step = now(), step
    queries.mark_session(session, caller.session_id)
    sessions.end_others(session, by=caller)
    count("SecondFactorTurnedOn")
    return _new_recovery_codes(session, caller.id)


def remove(session: Session, caller: Principal, password: str | None, code: str) -> Refusal | None:
    """Take the second factor away. Refuses with `SecondFactorOff` and what `proving.by_all` does, which may be returned."""
    refused = _proven_twice(session, caller, password, code)
    if refused:
        return refused
    queries.remove_factor(session, caller.id)
    queries.remove_recovery_codes(session, caller.id)
    queries.unmark_sessions(session, caller.id)
    count("SecondFactorTurnedOff")
    return None


def renew_recovery_codes(session: Session, caller: Principal, password: str | None, code: str) -> list[str] | Refusal:
    """Make new recovery codes; those from before open nothing any more. Refuses as `remove` does."""
    return _proven_twice(session, caller, password, code) or _new_recovery_codes(session, caller.id)


def _proven_twice(session: Session, caller: Principal, password: str | None, code: str) -> Refusal | None:
    shown = proving.by_all(session, caller, password, code)
    if shown is False:
        raise SecondFactorOff
    return shown if isinstance(shown, Refusal) else None


def _new_recovery_codes(session: Session, user_id: UUID) -> list[str]:
    made = codes.new_recovery_codes()
    queries.remove_recovery_codes(session, user_id)
    queries.add_recovery_codes(session, user_id, filter(None, map(codes.recovery_hash, made)))
    return made
