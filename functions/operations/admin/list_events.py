"""GET /api/v1/operations/admin/events: recorded events."""

from typing import Annotated
from uuid import UUID

from ravo.operations.history import replies
from ravo.operations.history.queries import Filters
from ravo.operations.history.schemas import EventReply, EventType
from ravo.platform.database import reading
from ravo.platform.http import CursorListing, allowed, create_app, lambda_handler, listing

from fastapi import Depends, Query, Response
from pydantic import AwareDatetime

app = create_app()


async def filters(
    type: EventType | None = None,
    aggregate_id: Annotated[UUID | None, Query(alias="aggregateId")] = None,
    since: Annotated[AwareDatetime | None, Query(alias="from")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to")] = None,
    published: bool | None = None,
) -> Filters:
    """Read the filters."""
    return Filters(type, aggregate_id, since, until, published)


@app.get(
    "/api/v1/operations/admin/events",
    response_model=CursorListing[EventReply],
    dependencies=[allowed("events:read")],
)
async def list_events(
    narrowed: Annotated[Filters, Depends(filters)],
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Response:
    """List events, the newest first: those from `from` on and before `to`.

    The `nextCursor` of a page is the `cursor` of the next.
    """
    with reading() as session:
        return listing(*replies.page_of_events(session, narrowed, cursor=cursor, limit=limit))


handler = lambda_handler(app)
