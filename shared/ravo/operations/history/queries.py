"""The SQL of past events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Tuple, func, select, tuple_
from sqlalchemy.orm import Session

from ravo.platform.database import within
from ravo.platform.models import OutboxEvent


@dataclass(frozen=True)
class Filters:
    """What a list of events is narrowed by: from `since` on, and before `until`."""

    type: str | None = None
    aggregate_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    published: bool | None = None


def event_by_id(session: Session, event_id: UUID) -> OutboxEvent | None:
    """Return an event."""
    return session.get(OutboxEvent, event_id)


def newest_events(
    session: Session, filters: Filters, *, before: OutboxEvent | None, limit: int
) -> Sequence[OutboxEvent]:
    """Return events, the newest first; `before` continues after that one."""
    statement = _narrowed(select(OutboxEvent), filters)
    if before:
        statement = statement.where(_place() < (before.occurred_at, before.id))
    return session.scalars(statement.order_by(OutboxEvent.occurred_at.desc(), OutboxEvent.id.desc()).limit(limit)).all()


def oldest_events(
    session: Session, filters: Filters, *, after: OutboxEvent | None, limit: int
) -> Sequence[OutboxEvent]:
    """Return events, the oldest first; `after` continues after that one."""
    statement = _narrowed(select(OutboxEvent), filters)
    if after:
        statement = statement.where(_place() > (after.occurred_at, after.id))
    return session.scalars(statement.order_by(OutboxEvent.occurred_at, OutboxEvent.id).limit(limit)).all()


def count_up_to(session: Session, filters: Filters, most: int) -> int:
    """Count events, up to `most`."""
    found = _narrowed(select(OutboxEvent.id), filters).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def _place() -> Tuple:
    return tuple_(OutboxEvent.occurred_at, OutboxEvent.id)


def _narrowed(statement: Select[Any], filters: Filters) -> Select[Any]:
    if filters.type is not None:
        statement = statement.where(OutboxEvent.type == filters.type)
    if filters.aggregate_id is not None:
        statement = statement.where(OutboxEvent.aggregate_id == filters.aggregate_id)
    if filters.published is not None:
        was = OutboxEvent.published_at
        statement = statement.where(was.is_not(None) if filters.published else was.is_(None))
    return statement.where(*within(OutboxEvent.occurred_at, filters.since, filters.until))
