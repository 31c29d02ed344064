"""Closing an account: its owner leaves at once, and is forgotten soon after."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity import owners
from ravo.identity.accounts import credentials, sessions
from ravo.identity.accounts.errors import SignInTooOld
from ravo.identity.accounts.queries import people, tokens
from ravo.identity.models.people import User
from ravo.identity.privacy import service as privacy
from ravo.platform.errors import NotFound
from ravo.platform.time import now
from ravo.platform.tokens import Principal

# Who has no password proves it by having just come in.
FRESH = timedelta(minutes=5)


def close(session: Session, *, by: Principal, current_password: str | None) -> UUID:
    """Close the caller's account, end all that it opened, and ask for its erasure; returns the request's id.

    Refuses with `LastOwner`, `SignInTooOld`, `NotFound` or `WrongPassword`.
    """
    owners.ensure_another_owner(session, by.id)
    person = _proven(session, by, current_password)
    person.deleted_at = now()
    person.version += 1
    session.flush()
    tokens.retire(session, person.id)
    sessions.end(session, person.id)
    return privacy.ask_for_erasure(session, person).id


def _proven(session: Session, by: Principal, current_password: str | None) -> User:
    person = people.person_for_update(session, by.id)
    if person is None:
        raise NotFound
    if person.password_hash is not None:
        credentials.check(person, current_password or "")
        return person
    this = people.session_by_id(session, by.session_id, by.id)
    if this is None or this.ended_at or this.created_at < now() - FRESH:
        raise SignInTooOld
    return person
