"""Proving that a mail address is the user's own."""

from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.accounts import queries as account_queries
from ravo.identity.accounts.models import User
from ravo.identity.email_tokens import queries as email_token_queries
from ravo.identity.email_tokens import service as email_tokens
from ravo.identity.email_tokens.queries import Proven
from ravo.identity.events import EmailVerificationRequested, UserEmailVerified
from ravo.platform import outbox
from ravo.platform.errors import NotFound
from ravo.platform.ids import uuid7
from ravo.platform.time import now


def ask_again(session: Session, user_id: UUID) -> str:
    """Have another link mailed, unless there is nothing left to verify; returns the address.

    Refuses with `NotFound`.
    """
    person = account_queries.person(session, user_id)
    if person is None:
        raise NotFound
    if person.email_verified_at is None:
        outbox.record(session, EmailVerificationRequested(aggregate_id=uuid7(), version=1, user_id=user_id))
    return person.email


def verify(session: Session, token: str) -> None:
    """Take a link's token as proof of the address that it was mailed to. Refuses with `LinkUnusable`.

    It does not verify an address that the account no longer has.
    """
    proven = email_tokens.redeem(session, token, email_tokens.VERIFY)
    person = account_queries.person_for_update(session, proven.user_id)
    if person is None or not is_of(person, proven):
        raise email_tokens.unusable()
    person.version += 1
    set_verified(session, person)


def set_verified(session: Session, person: User) -> None:
    """Mark a locked user's mail address as proven; the caller has raised the user's version already."""
    person.email_verified_at = now()
    email_token_queries.retire(session, person.id, purpose=email_tokens.VERIFY)
    session.flush()
    outbox.record(session, UserEmailVerified(aggregate_id=person.id, version=person.version, user_id=person.id))


def is_of(person: User, proven: Proven) -> bool:
    """Whether a token was mailed to the address that the user has now."""
    return person.email.lower() == proven.email.lower()


def proven_email(session: Session, user_id: UUID) -> str | None:
    """Return a user's mail address, if it is proven to be the user's own."""
    person = account_queries.person(session, user_id)
    return person.email if person and person.email_verified_at else None
