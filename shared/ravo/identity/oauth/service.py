"""Which account a provider signs in to: the linked one, the one with the same proven mail address, or a new one."""

from dataclasses import dataclass, replace
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ravo.adapters.sign_in_providers import Person
from ravo.identity.access import queries as access_queries
from ravo.identity.access.queries import Account
from ravo.identity.accounts import queries as account_queries
from ravo.identity.accounts.errors import EmailTaken
from ravo.identity.accounts.models import User
from ravo.identity.accounts.schemas import Email
from ravo.identity.events import ProviderLinked, ProviderUnlinked, UserEmailVerified, UserRegistered
from ravo.identity.oauth import queries
from ravo.identity.oauth.errors import LastWayIn, NotLinked
from ravo.identity.oauth.models import OAuthAccount
from ravo.identity.oauth_state.errors import Reason
from ravo.identity.oauth_state.service import Returned
from ravo.identity.reauthentication import service as reauthentication
from ravo.identity.registration import service as registration
from ravo.identity.sessions import service as sessions
from ravo.identity.sessions.service import Device, Opened
from ravo.identity.totp import queries as totp_queries
from ravo.platform import outbox
from ravo.platform.errors import NotFound, Refusal
from ravo.platform.ids import uuid7
from ravo.platform.observability import count
from ravo.platform.time import now
from ravo.platform.tokens import Principal

_EMAIL: TypeAdapter[str] = TypeAdapter(Email)
# What the column takes.
_LONGEST_SUBJECT = 255


@dataclass(frozen=True)
class Landing:
    """Where in the shop a sign-in ends.

    It ends with a session, with a challenge that waits for a second factor, or with a reason why there is neither.
    """

    return_to: str
    opened: Opened | None = None
    challenge: str | None = None
    reason: Reason | None = None


def enter(session: Session, returned: Returned, device: Device) -> Landing:
    """Sign in someone who is back from a provider, or return the reason why not."""
    if returned.person is None:
        return Landing(returned.return_to, reason=returned.reason)
    found = _account(session, returned, returned.person)
    if isinstance(found, Reason):
        count("ProviderSignInFailed", reason=str(found))
        return Landing(returned.return_to, reason=found)
    if totp_queries.is_on(session, found.user.id):
        return Landing(returned.return_to, challenge=sessions.challenge(found.user.id))
    here = replace(device, refresh_token=returned.refresh_token)
    return Landing(returned.return_to, opened=sessions.open_session(session, found, here))


def linked(session: Session, user_id: UUID) -> list[OAuthAccount]:
    """Return the provider accounts that are linked to a user's account."""
    return queries.links_of(session, user_id)


def unlink(
    session: Session, caller: Principal, provider: str, *, password: str | None, code: str | None
) -> Refusal | None:
    """Unlink a provider's account from this one.

    Refuses with `NotLinked`, with `LastWayIn`, and as `reauthentication.by_all` does, whose refusal may be returned.
    """
    proven = reauthentication.by_all(session, caller, password, code)
    if isinstance(proven, Refusal):
        return proven
    user = queries.user_for_update(session, caller.id)
    if user is None:
        raise NotFound
    links = queries.links_of(session, user.id)
    mine = next((link for link in links if link.provider == provider), None)
    if mine is None:
        raise NotLinked
    if user.password_hash is None and len(links) == 1:
        raise LastWayIn
    queries.unlink(session, mine.id)
    outbox.record(session, ProviderUnlinked(aggregate_id=mine.id, version=1, user_id=user.id, provider=provider))
    return None


def _account(session: Session, returned: Returned, person: Person) -> Account | Reason:
    if not person.subject or len(person.subject) > _LONGEST_SUBJECT:
        return Reason.UNAVAILABLE
    known = queries.link(session, returned.provider, person.subject)
    if known and known.user.deleted_at:
        # A user who closed an account and comes back starts again with a new one.
        queries.unlink(session, known.account.id)
    elif known:
        known.account.email = person.email or known.account.email
        return access_queries.account_by_id(session, known.user.id) or Reason.CLOSED
    email = _proven(person)
    if email is None:
        return Reason.EMAIL_NOT_PROVEN
    try:
        return _by_email(session, returned, person.subject, email)
    except (EmailTaken, IntegrityError):
        return Reason.AGAIN


def _by_email(session: Session, returned: Returned, subject: str, email: str) -> Account | Reason:
    """Find or open the account of a proven mail address, and link it.

    An account whose address was never proven may have been opened by someone else, who waits for the address's owner to
    sign in through a provider. Nothing in it can be trusted, so it is neither linked nor taken over. The owner sets a
    new password by mail, which ends the other's access, and signs in again.
    """
    user = account_queries.user_by_email(session, email)
    if user is None:
        return _new_account(session, returned, subject, email)
    if user.disabled_at:
        return Reason.CLOSED
    if user.email_verified_at is None:
        return Reason.ACCOUNT_NOT_PROVEN
    if any(link.provider == returned.provider for link in queries.links_of(session, user.id)):
        return Reason.OTHER_LINKED
    link_id = _link(session, returned.provider, subject, email, user.id)
    happened = ProviderLinked(aggregate_id=link_id, version=1, user_id=user.id, provider=returned.provider)
    outbox.record(session, happened)
    count("ProviderLinked", provider=returned.provider)
    return access_queries.account_by_id(session, user.id) or Reason.CLOSED


def _new_account(session: Session, returned: Returned, subject: str, email: str) -> Account:
    user = User(email=email, locale=returned.locale, email_verified_at=now())
    with session.begin_nested():
        account = registration.open_account(session, user)
        _link(session, returned.provider, subject, email, user.id)
    outbox.record(
        session,
        UserRegistered(aggregate_id=user.id, version=user.version, user_id=user.id),
        UserEmailVerified(aggregate_id=user.id, version=user.version, user_id=user.id),
    )
    count("ProviderRegistered", provider=returned.provider)
    return account


def _link(session: Session, provider: str, subject: str, email: str, user_id: UUID) -> UUID:
    link = OAuthAccount(id=uuid7(), user_id=user_id, provider=provider, subject=subject, email=email)
    with session.begin_nested():
        session.add(link)
    return link.id


def _proven(person: Person) -> str | None:
    try:
        return _EMAIL.validate_python(person.email)
    except ValidationError:
        return None
