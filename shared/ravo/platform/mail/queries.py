"""The log of mails: who is sending which, and what was sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.platform.database import changed
from ravo.platform.ids import uuid7

_IS_SENT = text("SELECT EXISTS (SELECT FROM mails WHERE kind = :kind AND event_id = :event_id AND status = 'sent')")
# A second claim waits here for the first one's commit or rollback. One that is a minute old is from a crash.
_CLAIM = text(
    """
    INSERT INTO mails AS m (id, kind, event_id, recipient, locale, subject, status, claimed_at)
    VALUES (:id, :kind, :event_id, :recipient, :locale, :subject, 'sending', clock_timestamp())
    ON CONFLICT (kind, event_id) DO UPDATE
    SET recipient = excluded.recipient, locale = excluded.locale, subject = excluded.subject, status = 'sending',
        claimed_at = clock_timestamp(), updated_at = now()
    WHERE m.status = 'failed' OR (m.status = 'sending' AND m.claimed_at < clock_timestamp() - interval '1 minute')
    RETURNING id
    """
)
_MARK_SENT = text(
    """
    UPDATE mails SET status = 'sent', sent_at = clock_timestamp(), provider_id = :provider_id, updated_at = now()
    WHERE id = :id
    """
)
# Another try that took the claim over may have sent it.
_MARK_FAILED = text("UPDATE mails SET status = 'failed', updated_at = now() WHERE id = :id AND status = 'sending'")
# Who got the mails of some events, those to proven addresses, and an account's own to one that was not.
_THEIRS = """
    (lower(recipient) = ANY(:emails) OR (lower(recipient) = lower(:own) AND kind LIKE 'identity.%')
    OR event_id IN (SELECT id FROM outbox_events WHERE aggregate_id = ANY(:aggregates)))
"""
_HELD = text(f"SELECT kind, recipient, locale, subject, status, sent_at FROM mails WHERE {_THEIRS} ORDER BY created_at")
_ERASE = text(
    f"""
    UPDATE mails SET recipient = :erased, subject = '', provider_id = NULL, updated_at = now()
    WHERE {_THEIRS} AND recipient <> :erased
    """
)
_DELETE_OLD = text(
    """
    DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE created_at < :before ORDER BY created_at LIMIT :limit)
    """
)
ERASED = "erased@erased.invalid"


def is_sent(session: Session, kind: str, event_id: UUID) -> bool:
    """Whether the mail went out already."""
    return bool(session.scalar(_IS_SENT, {"kind": kind, "event_id": event_id}))


def claim(session: Session, *, kind: str, event_id: UUID, recipient: str, locale: str, subject: str) -> UUID | None:
    """Claim the mail for sending; None when it is sent, or under way elsewhere. Each try has the same id."""
    values = {"kind": kind, "event_id": event_id, "recipient": recipient, "locale": locale, "subject": subject}
    return session.scalar(_CLAIM, values | {"id": uuid7()})


def mark_sent(session: Session, mail_id: UUID, provider_id: str) -> None:
    """Write down that SES has the mail, and what it calls it."""
    session.execute(_MARK_SENT, {"id": mail_id, "provider_id": provider_id})


def mark_failed(session: Session, mail_id: UUID) -> None:
    """Write down that SES did not take the mail; the next try need not wait."""
    session.execute(_MARK_FAILED, {"id": mail_id})


def held(session: Session, *, emails: Sequence[str], own: str, aggregates: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return what the log says of a person's mails."""
    values = {"emails": list(emails), "own": own, "aggregates": list(aggregates)}
    return [dict(row) for row in session.execute(_HELD, values).mappings()]


def erase(session: Session, *, emails: Sequence[str], own: str, aggregates: Sequence[UUID]) -> int:
    """Take out of the log whom mails went to; that they were sent stays, so that none is sent again."""
    values = {"emails": list(emails), "own": own, "aggregates": list(aggregates), "erased": ERASED}
    return changed(session, _ERASE, values)


def delete_old(session: Session, before: datetime, limit: int) -> int:
    """Delete what the log says of mails from before a day."""
    return changed(session, _DELETE_OLD, {"before": before, "limit": limit})
