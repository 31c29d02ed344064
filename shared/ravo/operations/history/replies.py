"""Events as operators see them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.operations.history import queries
from ravo.operations.history.errors import EventNotFound
from ravo.operations.history.queries import Filters
from ravo.operations.history.schemas import EventReply
from ravo.platform.errors import Detail, Invalid
from ravo.platform.paging import CursorPage


def event_of(session: Session, event_id: UUID) -> EventReply:
    """Return an event. Refuses with `EventNotFound`."""
    found = queries.event_by_id(session, event_id)
    if found is None:
        raise EventNotFound
    return EventReply.model_validate(found)


def page_of_events(
    session: Session, filters: Filters, *, cursor: UUID | None, limit: int
) -> tuple[Sequence[EventReply], CursorPage]:
    """Return one page of events, the newest first. Refuses with `Invalid` for a cursor that no page gave."""
    before = queries.event_by_id(session, cursor) if cursor else None
    if cursor and before is None:
        raise Invalid(details=[Detail("cursor", "is not one that a page returned")])
    found = queries.newest_events(session, filters, before=before, limit=limit + 1)
    shown = found[:limit]
    return [EventReply.model_validate(each) for each in shown], CursorPage.of(
        limit, next_cursor=str(shown[-1].id) if len(found) > limit else None
    )
