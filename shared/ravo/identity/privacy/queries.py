"""The SQL of requests about personal data, and of what identity itself holds about a person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ravo.identity.accounts.models import User
from ravo.identity.privacy.models import PrivacyRequest
from ravo.platform.database import changed


class Person(NamedTuple):
    """Whose data: an account, and the mail addresses, in lower case, that are proven to be the person's.

    Either may be missing.
    """

    user_id: UUID | None
    emails: list[str]
    # The mail address to write to, and its language.
    email: str
    locale: str


_HELD: dict[str, str] = {
    "account": """
        SELECT id, email, first_name, last_name, locale, currency, email_verified_at, disabled_at,
            created_at, updated_at
        FROM users WHERE id = :user_id
    """,
    "addresses": "SELECT label, address, created_at, updated_at FROM addresses WHERE user_id = :user_id ORDER BY id",
    "consents": """
        SELECT purpose, granted, policy_version, source, given_at FROM consents
        WHERE user_id = :user_id ORDER BY given_at
    """,
    "sessions": """
        SELECT user_agent, network_address, created_at, last_used_at, ended_at
        FROM sessions WHERE user_id = :user_id ORDER BY created_at
    """,
    "otherProviders": """
        SELECT provider, subject, email, created_at FROM oauth_accounts WHERE user_id = :user_id ORDER BY provider
    """,
    "roles": """
        SELECT r.name FROM user_roles u JOIN roles r ON r.id = u.role_id WHERE u.user_id = :user_id ORDER BY r.name
    """,
    "privacyRequests": """
        SELECT kind, status, created_at, completed_at FROM privacy_requests WHERE user_id = :user_id ORDER BY created_at
    """,
}
_ASKED_LATELY = text(
    """
    SELECT EXISTS (SELECT FROM privacy_requests WHERE user_id = :user_id AND kind = 'export' AND created_at > :since)
    """
)
_ERASE_USER = text("DELETE FROM users WHERE id = :user_id")
_CLOSE_USER = text("UPDATE users SET deleted_at = now(), updated_at = now() WHERE id = :user_id AND deleted_at IS NULL")
_THEIRS = "(user_id = :user_id OR lower(email) = ANY(:emails))"
_COPIES = text(f"SELECT object_key FROM privacy_requests WHERE {_THEIRS} AND object_key IS NOT NULL")
_FORGET_REQUESTS = text(
    f"""
    UPDATE privacy_requests SET email = NULL, object_key = NULL, token_hash = NULL, updated_at = now(),
        status = CASE kind WHEN 'export' THEN 'expired' ELSE status END
    WHERE {_THEIRS} AND id <> :but
    """
)
_EXPIRED_COPIES = text(
    """
    SELECT id, object_key FROM privacy_requests
    WHERE status = 'done' AND object_key IS NOT NULL AND expires_at < now() ORDER BY expires_at LIMIT :limit
    """
)
_EXPIRE = text(
    """
    UPDATE privacy_requests
    SET object_key = NULL, token_hash = NULL, email = NULL, status = 'expired', updated_at = now()
    WHERE id = ANY(:ids)
    """
)
_DONE = text(
    """
    UPDATE privacy_requests SET status = 'done', summary = :summary, completed_at = now(), updated_at = now(),
        email = CASE kind WHEN 'export' THEN email END, object_key = :object_key, token_hash = :token_hash,
        expires_at = :expires_at
    WHERE id = :id
    """
)
_ON_RECORD = text(
    """
    INSERT INTO audit_log (
        actor_id, actor_kind, action, entity, entity_id, change, after, network_address, user_agent, request_id
    )
    VALUES (:actor_id, 'user', 'ErasePersonalData', 'users', :entity_id, 'erase', :counts, '', '', :request_id)
    """
)


def request_for_update(session: Session, request_id: UUID) -> PrivacyRequest | None:
    """Return and lock a request."""
    return session.scalar(select(PrivacyRequest).where(PrivacyRequest.id == request_id).with_for_update())


def request_of_token(session: Session, token_hash: bytes) -> PrivacyRequest | None:
    """Return the copy that a mailed link opens."""
    return session.scalar(select(PrivacyRequest).where(PrivacyRequest.token_hash == token_hash))


def requests_of(session: Session, user_id: UUID) -> list[PrivacyRequest]:
    """Return a user's requests, the newest first."""
    statement = select(PrivacyRequest).where(PrivacyRequest.user_id == user_id)
    return list(session.scalars(statement.order_by(PrivacyRequest.created_at.desc()).limit(100)))


def page_of_requests(session: Session, *, before: UUID | None, limit: int) -> Sequence[PrivacyRequest]:
    """Return requests, the newest first, that are older than the last one seen."""
    statement = select(PrivacyRequest).order_by(PrivacyRequest.id.desc()).limit(limit)
    return session.scalars(statement.where(PrivacyRequest.id < before) if before else statement).all()


def user_by_id(session: Session, user_id: UUID) -> User | None:
    """Return a user, even one who closed the account and waits to be erased."""
    return session.scalar(select(User).where(User.id == user_id))


def asked_lately(session: Session, user_id: UUID, since: datetime) -> bool:
    """Whether a user requested a copy since a time."""
    return bool(session.scalar(_ASKED_LATELY, {"user_id": user_id, "since": since}))


def held(session: Session, user_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """Return what identity holds about a user, by kind."""
    return {
        name: [dict(row) for row in session.execute(text(statement), {"user_id": user_id}).mappings()]
        for name, statement in _HELD.items()
    }


def close_user(session: Session, user_id: UUID) -> None:
    """Close an account that is to be erased, so that nobody can sign in to it."""
    session.execute(_CLOSE_USER, {"user_id": user_id})


def erase_user(session: Session, user_id: UUID) -> int:
    """Delete a user with all that belongs only to the account."""
    return changed(session, _ERASE_USER, {"user_id": user_id})


def copies_of(session: Session, person: Person) -> list[str]:
    """Return the S3 keys of a person's copies that are still there."""
    return list(session.scalars(_COPIES, {"user_id": person.user_id, "emails": person.emails}))


def forget_requests(session: Session, person: Person, *, but: UUID) -> None:
    """Remove the person from all their requests but one, and let no link open a copy any more."""
    session.execute(_FORGET_REQUESTS, {"user_id": person.user_id, "emails": person.emails, "but": but})


def expired_copies(session: Session, limit: int) -> list[tuple[UUID, str]]:
    """Return copies that have expired."""
    return [(row.id, row.object_key) for row in session.execute(_EXPIRED_COPIES, {"limit": limit})]


def expire(session: Session, ids: list[UUID]) -> None:
    """Mark copies as gone."""
    session.execute(_EXPIRE, {"ids": ids})


def end_request(
    session: Session,
    request_id: UUID,
    summary: dict[str, int],
    *,
    object_key: str | None = None,
    token_hash: bytes | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Mark a request as done; a request to be erased loses its mail address."""
    values = {"object_key": object_key, "token_hash": token_hash, "expires_at": expires_at}
    session.execute(_DONE, values | {"id": request_id, "summary": Jsonb(summary)})


def put_on_record(
    session: Session, *, actor_id: UUID, entity_id: str, counts: dict[str, int], request_id: UUID
) -> None:
    """Write an erasure's one entry into the audit log: who requested it, and how many rows of each kind it erased."""
    values = {"actor_id": actor_id, "entity_id": entity_id, "counts": Jsonb(counts), "request_id": str(request_id)}
    session.execute(_ON_RECORD, values)
