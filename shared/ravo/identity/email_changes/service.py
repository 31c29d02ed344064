"""Another mail address for an account: requested with proof, and set once the new mailbox's owner confirms it."""

from sqlalchemy.orm import Session

from ravo.identity.accounts import queries as account_queries
from ravo.identity.accounts.errors import EmailTaken
from ravo.identity.credentials import service as credentials
from ravo.identity.email_tokens import queries as email_token_queries
from ravo.identity.email_tokens import service as email_tokens
from ravo.identity.email_verification import service as email_verification
from ravo.identity.events import EmailChangeRequested, UserEmailChanged
from ravo.identity.reauthentication import service as reauthentication
from ravo.identity.sessions import service as sessions
from ravo.identity.totp import queries as totp_queries
from ravo.platform import outbox
from ravo.platform.constraints import raising_for_constraints
from ravo.platform.errors import Refusal
from ravo.platform.tokens import Principal


def request(
    session: Session, *, by: Principal, new_email: str, current_password: str, code: str | None
) -> Refusal | None:
    """Have a link mailed to the new address and a notice to the old one.

    Only the address's owner learns, by mail, whether another account has it. Refuses as `credentials.prove` does, with
    `RateLimited`, and as `reauthentication.by_code` does, whose refusal may be returned.
    """
    # Before the user's row, in the order in which a sign-in locks them: the other way round the two could deadlock.
    totp_queries.factor_for_update(session, by.id)
    person = credentials.prove(session, by.id, current_password)
    proven = reauthentication.by_code(session, by, code)
    if isinstance(proven, Refusal):
        return proven
    token_id = email_tokens.prepare_change(session, person.id, new_email)
    outbox.record(session, EmailChangeRequested(aggregate_id=token_id, version=1, user_id=person.id))
    return None


def confirm(session: Session, token: str, *, by: Principal | None) -> None:
    """Give an account the address that a link was mailed to. All sessions end but the caller's.

    Refuses with `LinkUnusable`, or with `EmailTaken` when another account has it by now.
    """
    proven = email_tokens.redeem(session, token, email_tokens.CHANGE)
    person = account_queries.person_for_update(session, proven.user_id)
    if person is None:
        raise email_tokens.unusable()
    person.email = proven.email
    person.version += 1
    with raising_for_constraints({"uq_users_email": EmailTaken}):
        session.flush()
    # Links that went to the old address prove nothing about this account any more.
    email_token_queries.retire(session, person.id)
    outbox.record(session, UserEmailChanged(aggregate_id=person.id, version=person.version, user_id=person.id))
    email_verification.set_verified(session, person)
    sessions.end(session, person.id, but=by.session_id if by and by.id == person.id else None)
