"""The outbox: events are rows of the transaction that made them true, published after it, or by a sweep."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from ravo.platform import bus
from ravo.platform.events import Envelope, Event
from ravo.platform.ids import uuid7
from ravo.platform.observability import count, logger
from ravo.platform.pending_work import PendingWork
from ravo.platform.time import now

PENDING = PendingWork("outbox")
# A younger row is most likely being published by the request that wrote it.
SWEEP_AFTER = timedelta(seconds=5)
SWEEP_BATCH = 200

_INSERT: TextClause = text(
    """
    INSERT INTO outbox_events (id, source, type, version, occurred_at, aggregate_id, data, trace_id)
    VALUES (:id, :source, :type, :version, :occurred_at, :aggregate_id, :data, :trace_id)
    """
).bindparams(bindparam("data", type_=JSONB))
_MARK_PUBLISHED = text("UPDATE outbox_events SET published_at = now() WHERE id = ANY(:ids)")
_UNPUBLISHED = text(
    """
    SELECT id, source, type, version, occurred_at, aggregate_id, data, trace_id
    FROM outbox_events
    WHERE published_at IS NULL AND occurred_at < :before
    ORDER BY occurred_at, id
    LIMIT :limit
    """
)


def record(session: Session, *events: Event) -> None:
    """Add events to the open transaction; they leave with its commit and vanish with its rollback."""
    rows: list[dict[str, Any]] = session.info.setdefault("outbox", [])
    rows.extend(
        {
            "id": uuid7(),
            "source": event.source,
            "type": event.type,
            "version": event.version,
            "occurred_at": now(),
            "aggregate_id": event.aggregate_id,
            "data": event.model_dump(mode="json", by_alias=True),
            "trace_id": os.environ.get("_X_AMZN_TRACE_ID"),
        }
        for event in events
    )


def write(session: Session) -> None:
    """Write what was recorded, and mark the work for the sweeper; called before the commit."""
    rows = session.info.get("outbox")
    if not rows:
        return
    session.execute(_INSERT, rows)
    PENDING.put_before_commit(session, str(rows[0]["id"]))


def publish_recorded(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Publish what a committed transaction recorded. A failure is left to the sweeper: the request has succeeded."""
    if publish(session, rows):
        PENDING.clear(str(rows[0]["id"]))


def publish(session: Session, rows: Sequence[dict[str, Any]]) -> bool:
    """Send rows to the bus and mark those it took; answers whether it took them all."""
    sent = bus.send([(row["source"], _envelope(row)) for row in rows])
    if sent:
        session.execute(_MARK_PUBLISHED, {"ids": sent})
        session.commit()
    if len(sent) < len(rows):
        count("OutboxPublishFailed", len(rows) - len(sent))
        return False
    return True


def sweep(session: Session) -> int:
    """Publish all that was left behind, oldest first, and return how many; stops at the first batch that the bus
    refuses.
    """
    total = 0
    started = now()
    while rows := _unpublished(session, before=started - SWEEP_AFTER):
        if not publish(session, rows):
            logger().error("outbox sweep stopped: the bus refuses events", waiting=len(rows))
            return total
        total += len(rows)
    PENDING.forget(older_than=started - SWEEP_AFTER)
    return total


def _unpublished(session: Session, *, before: datetime) -> list[dict[str, Any]]:
    with session.begin():
        found = session.execute(_UNPUBLISHED, {"before": before, "limit": SWEEP_BATCH}).mappings()
        return [dict(row) for row in found]


def _envelope(row: dict[str, Any]) -> Envelope:
    return Envelope(
        id=row["id"],
        type=row["type"],
        version=row["version"],
        occurred_at=row["occurred_at"],
        aggregate_id=row["aggregate_id"],
        data=row["data"],
        trace_id=row["trace_id"],
    )
