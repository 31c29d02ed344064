"""Another mail address for an account: asked for with proof, and true once the new mailbox's owner says so."""

from sqlalchemy.orm import Session

from ravo.identity.accounts import credentials, mailed, sessions, verifying
from ravo.identity.accounts.queries import people, tokens
from ravo.identity.errors import EmailTaken
from ravo.identity.events import EmailChangeRequested, UserEmailChanged
from ravo.identity.second_factor import proving
from ravo.identity.second_factor import queries as factors
from ravo.platform import outbox
from ravo.platform.constraints import refusing
from ravo.platform.errors import Refusal
from ravo.platform.tokens import Principal


def ask(session: Session, *, by: Principal, new_email: str, current_password: str, code: str | None) -> Refusal | None:
    """Have a link mailed to the new address and a notice to the old one. Whether another account has the address is told to nobody but its owner, by mail.

    Refuses as `credentials.prove` does, with `RateLimited`, and as `proving.by_code` does, which may be returned.
    """
    # Before the user's row, as a sign-in locks them: the other way round the two could wait for each other.
    factors.factor_for_update(session, by.id)
    person = credentials.prove(session, by.id, current_password)
    proven = proving.by_code(session, by, code)
    if isinstance(proven, Refusal):
        return proven
    token_id = mailed.prepare_change(session, person.id, new_email)
    outbox.record(session, EmailChangeRequested(aggregate_id=token_id, version=1, user_id=person.id))
    return None


def confirm(session: Session, token: str, *, by: Principal | None) -> None:
    """Give an account the address that a link was mailed to. Sessions end, but for the one that says so.

    Refuses with `LinkUnusable`, or with `EmailTaken` when another account has it by now.
    """
    proven = mailed.redeem(session, token, mailed.CHANGE)
    person = people.person_for_update(session, proven.user_id)
    if person is None:
        raise mailed.unusable()
    person.email = proven.email
    person.version += 1
    with refusing({"uq_users_email": EmailTaken}):
        session.flush()
    # Links that went to the old address prove nothing about this account any more.
    tokens.retire(session, person.id)
    outbox.record(session, UserEmailChanged(aggregate_id=person.id, version=person.version, user_id=person.id))
    verifying.set_verified(session, person)
    sessions.end(session, person.id, but=by.session_id if by and by.id == person.id else None)
