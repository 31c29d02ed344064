"""The SQL of retention where no domain has its own."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.platform.database import changed

_DELETE_EVENTS = text(
    """
    DELETE FROM outbox_events WHERE id IN (
        SELECT id FROM outbox_events WHERE occurred_at < :before AND published_at IS NOT NULL
        ORDER BY occurred_at, id LIMIT :limit
    )
    """
)
_DELETE_HANDLED = text(
    """
    DELETE FROM inbox_events WHERE (consumer, event_id) IN (
        SELECT consumer, event_id FROM inbox_events WHERE handled_at < :before ORDER BY handled_at LIMIT :limit
    )
    """
)
_DELETE_AUDIT_ENTRIES = text(
    """
    DELETE FROM audit_log WHERE id IN (
        SELECT id FROM audit_log WHERE occurred_at < :before ORDER BY occurred_at LIMIT :limit
    )
    """
)
_DELETE_REQUESTS = text(
    """
    DELETE FROM privacy_requests WHERE id IN (
        SELECT id FROM privacy_requests WHERE created_at < :before AND status <> 'requested' AND object_key IS NULL
        ORDER BY id LIMIT :limit
    )
    """
)


def delete_events(session: Session, before: datetime, limit: int) -> int:
    """Delete published events and their consumers' inbox marks; returns the larger of the two counts."""
    values = {"before": before, "limit": limit}
    return max(changed(session, _DELETE_EVENTS, values), changed(session, _DELETE_HANDLED, values))


def delete_audit_entries(session: Session, before: datetime, limit: int) -> int:
    """Delete old entries of the audit log; the database keeps the last year whatever the caller passes."""
    return changed(session, _DELETE_AUDIT_ENTRIES, {"before": before, "limit": limit})


def delete_requests(session: Session, before: datetime, limit: int) -> int:
    """Delete requests about personal data that are done."""
    return changed(session, _DELETE_REQUESTS, {"before": before, "limit": limit})
