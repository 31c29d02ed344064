"""The passwords of accounts: proven, changed, forgotten and reset."""

from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.accounts import queries as account_queries
from ravo.identity.accounts.models import User
from ravo.identity.credentials.errors import PasswordMissing, WrongPassword
from ravo.identity.email_tokens import queries as email_token_queries
from ravo.identity.email_tokens import service as email_tokens
from ravo.identity.email_verification import service as email_verification
from ravo.identity.events import PasswordResetRequested, UserPasswordChanged
from ravo.identity.passwords import service as passwords
from ravo.identity.sessions import service as sessions
from ravo.platform import outbox
from ravo.platform.errors import Detail, NotFound
from ravo.platform.ids import uuid7
from ravo.platform.observability import count
from ravo.platform.tokens import Principal


def prove(session: Session, user_id: UUID, current_password: str) -> User:
    """Lock a user who knows the password. Refuses with `NotFound`, `PasswordMissing` or `WrongPassword`."""
    person = account_queries.person_for_update(session, user_id)
    if person is None:
        raise NotFound
    check(person, current_password)
    return person


def check(person: User, current_password: str) -> None:
    """Check that the caller knows a user's password. Refuses with `PasswordMissing` or `WrongPassword`."""
    if person.password_hash is None:
        raise PasswordMissing
    if not passwords.matches(person.password_hash, current_password):
        count("ProofRefused")
        raise WrongPassword(details=[Detail("currentPassword", "is wrong")])


def change(session: Session, *, by: Principal, current_password: str, new_password: str) -> None:
    """Change the caller's password; the current session goes on, the others end.

    Refuses as `prove` does, or with `WeakPassword`.
    """
    person = prove(session, by.id, current_password)
    _set(session, person, new_password)
    sessions.end(session, person.id, but=by.session_id)


def forget(session: Session, email: str) -> None:
    """Have a link mailed to the account with this address, if there is one.

    Nobody can tell from outside whether there is one. Known or not, it takes one query and one event.
    """
    person = account_queries.person_by_email(session, email)
    user_id = person.id if person else None
    outbox.record(session, PasswordResetRequested(aggregate_id=uuid7(), version=1, user_id=user_id))


def reset(session: Session, token: str, new_password: str) -> None:
    """Set a password by a link's token, which proves the mail address too; every session ends.

    Refuses with `LinkUnusable` or `WeakPassword`; after a weak password the link can still be used.
    """
    proven = email_tokens.redeem(session, token, email_tokens.RESET)
    person = account_queries.person_for_update(session, proven.user_id)
    if person is None or not email_verification.is_of(person, proven):
        raise email_tokens.unusable()
    _set(session, person, new_password)
    if person.email_verified_at is None:
        email_verification.set_verified(session, person)
    sessions.end(session, person.id)


def _set(session: Session, person: User, new_password: str) -> None:
    passwords.refuse_weak(new_password, email=person.email, field="newPassword")
    person.password_hash = passwords.hash_password(new_password)
    person.version += 1
    session.flush()
    # Links that were requested before this change are out of date.
    email_token_queries.retire(session, person.id, purpose=email_tokens.RESET)
    email_token_queries.retire(session, person.id, purpose=email_tokens.CHANGE)
    outbox.record(session, UserPasswordChanged(aggregate_id=person.id, version=person.version, user_id=person.id))
