"""The inbox: which consumer has acted on which event, marked in the transaction that acts."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

_MARK = text(
    """
    INSERT INTO inbox_events (consumer, event_id) VALUES (:consumer, :event_id)
    ON CONFLICT DO NOTHING
    RETURNING event_id
    """
)


def first_time(session: Session, *, consumer: str, event_id: UUID) -> bool:
    """Mark the event as handled by this consumer; False when it already was, and then there is nothing to do.

    A second delivery that races the first waits here for its commit or rollback.
    """
    return session.scalar(_MARK, {"consumer": consumer, "event_id": event_id}) is not None
