"""Personal data: requests for a copy of it, the closing of accounts, and requests to be erased.

Jobs above all domains do the rest.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity import opaque_tokens
from ravo.identity.accounts import queries as account_queries
from ravo.identity.accounts.models import User
from ravo.identity.credentials import service as credentials
from ravo.identity.email_tokens import queries as email_token_queries
from ravo.identity.events import ErasureRequested, PersonalDataExportRequested
from ravo.identity.privacy import queries
from ravo.identity.privacy.errors import AlreadyAsked, CopyGone, NobodyKnown, SignInTooOld
from ravo.identity.privacy.models import PrivacyRequest
from ravo.identity.privacy.queries import Person
from ravo.identity.privacy.schemas import StaffPrivacyRequest
from ravo.identity.sessions import queries as session_queries
from ravo.identity.sessions import service as sessions
from ravo.identity.super_admins import service as super_admins
from ravo.platform import outbox, storage
from ravo.platform.errors import NotFound
from ravo.platform.ids import uuid7
from ravo.platform.settings import settings
from ravo.platform.time import now
from ravo.platform.tokens import Principal

COPY_LIFE = timedelta(days=7)
ONE_COPY_IN = timedelta(days=1)


def ask_for_copy(session: Session, user_id: UUID) -> PrivacyRequest:
    """Have a copy of the caller's data made and mailed.

    Refuses with `AlreadyAsked`, or `NotFound` where the account is closed.
    """
    user = queries.user_by_id(session, user_id)
    if user is None or user.deleted_at or user.disabled_at:
        raise NotFound
    if queries.asked_lately(session, user_id, now() - ONE_COPY_IN):
        raise AlreadyAsked
    return _ask(session, PrivacyRequest(user_id=user_id, kind="export", requested_by=user_id, locale=user.locale))


def ask_for_someone(session: Session, asked: StaffPrivacyRequest, *, by: UUID) -> PrivacyRequest:
    """Make a request for a person who reached staff by another way.

    An account that is to be erased is closed at once. Refuses with `NobodyKnown` or `LastOwner`.
    """
    user = (
        queries.user_by_id(session, asked.user_id)
        if asked.user_id
        else account_queries.user_by_email(session, asked.email or "")
    )
    if asked.user_id and user is None:
        raise NobodyKnown
    if user and asked.kind == "erasure":
        super_admins.ensure_another(session, user.id)
        queries.close_user(session, user.id)
        sessions.end(session, user.id)
    request = PrivacyRequest(
        user_id=user.id if user else None,
        email=asked.email,
        locale=user.locale if user else asked.locale,
        kind=asked.kind,
        requested_by=by,
    )
    return _ask(session, request)


def ask_for_erasure(session: Session, user: User) -> PrivacyRequest:
    """Request the erasure of a person who closed the account."""
    return _ask(session, PrivacyRequest(user_id=user.id, kind="erasure", requested_by=user.id, locale=user.locale))


def person_of(session: Session, request: PrivacyRequest) -> Person:
    """Return whose data a request is about. An account's address counts as its owner's only once it was proven."""
    user = queries.user_by_id(session, request.user_id) if request.user_id else None
    proven = {request.email.lower()} if request.email else set[str]()
    if user and user.email_verified_at:
        proven.add(user.email.lower())
    email = user.email if user else request.email or ""
    return Person(user.id if user else request.user_id, sorted(proven), email, request.locale)


def link_of_copy(session: Session, token: str) -> str:
    """Return the URL of a mailed link's copy, valid for a quarter of an hour. Refuses with `CopyGone`."""
    request = queries.request_of_token(session, opaque_tokens.hash_of(token))
    if request is None or not request.object_key or not request.expires_at or request.expires_at <= now():
        raise CopyGone
    return storage.presign_download(str(settings().uploads_bucket), request.object_key, filename="personal-data.json")


def _ask(session: Session, request: PrivacyRequest) -> PrivacyRequest:
    request.id = uuid7()
    session.add(request)
    session.flush()
    kind = PersonalDataExportRequested if request.kind == "export" else ErasureRequested
    outbox.record(session, kind(aggregate_id=request.id, version=1))
    return request


# A user without a password proves it by having signed in just now.
FRESH = timedelta(minutes=5)


def close_account(session: Session, *, by: Principal, current_password: str | None) -> UUID:
    """Close the caller's account, end its sessions and mailed links, request its erasure; returns the request's id.

    Refuses with `LastOwner`, `SignInTooOld`, `NotFound` or `WrongPassword`.
    """
    super_admins.ensure_another(session, by.id)
    person = _proven(session, by, current_password)
    person.deleted_at = now()
    person.version += 1
    session.flush()
    email_token_queries.retire(session, person.id)
    sessions.end(session, person.id)
    return ask_for_erasure(session, person).id


def _proven(session: Session, by: Principal, current_password: str | None) -> User:
    person = account_queries.person_for_update(session, by.id)
    if person is None:
        raise NotFound
    if person.password_hash is not None:
        credentials.check(person, current_password or "")
        return person
    this = session_queries.session_by_id(session, by.session_id, by.id)
    if this is None or this.ended_at or this.created_at < now() - FRESH:
        raise SignInTooOld
    return person
