"""Proof before a sensitive change, by password and second factor: an access token may be in the wrong hands."""

from datetime import timedelta

from sqlalchemy.orm import Session

from ravo.identity.accounts import queries as account_queries
from ravo.identity.accounts.models import User
from ravo.identity.passwords import service as passwords
from ravo.identity.reauthentication.errors import NotProven, SignInTooOld
from ravo.identity.sessions import queries as session_queries
from ravo.identity.totp import service as totp
from ravo.identity.totp.errors import OneTimePasswordNeeded, OneTimePasswordWrong
from ravo.platform.errors import NotFound, Refusal
from ravo.platform.observability import count
from ravo.platform.time import now
from ravo.platform.tokens import Principal

# How recent a sign-in must be to stand in for the password of a user who has none.
NEW_SIGN_IN = timedelta(minutes=10)


def by_password(session: Session, caller: Principal, password: str | None) -> User:
    """Check that the caller knows the password, or has none and signed in just now.

    Refuses with `NotProven` or `SignInTooOld`.
    """
    user = account_queries.person(session, caller.id)
    if user is None:
        raise NotFound
    if user.password_hash is None:
        this = session_queries.session_of(session, caller.session_id)
        if this is None or this.created_at < now() - NEW_SIGN_IN:
            raise SignInTooOld
    elif not passwords.matches(user.password_hash, password or ""):
        count("ProofRefused")
        raise NotProven("password", "is wrong")
    return user


def by_code(session: Session, caller: Principal, code: str | None) -> bool | Refusal:
    """Return whether a second factor was shown: False where none is on, and the refusal where it was missing or wrong.

    The refusal is returned, for `raise_if_refused` to raise: the failure that it counted has to be committed.
    """
    checked = totp.check(session, caller.id, code)
    match checked:
        case OneTimePasswordNeeded():
            return NotProven("code", "is needed")
        case OneTimePasswordWrong():
            return NotProven("code", "is wrong")
        case _:
            return checked


def by_all(session: Session, caller: Principal, password: str | None, code: str | None) -> bool | Refusal:
    """Check the password, or a new sign-in, and the second factor where one is on.

    Returns and refuses as the two above do.
    """
    by_password(session, caller, password)
    return by_code(session, caller, code)
