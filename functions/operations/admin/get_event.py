"""GET /api/v1/operations/admin/events/{id}: one event."""

from uuid import UUID

from ravo.operations.history import replies
from ravo.operations.history.errors import EventNotFound
from ravo.operations.history.schemas import EventReply
from ravo.platform.database import reading
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/operations/admin/events/{id}",
    response_model=Answer[EventReply],
    responses=refusals(EventNotFound),
    dependencies=[allowed("events:read")],
)
async def get_event(id: UUID) -> Response:
    """Return an event as its consumers receive it, and when the bus accepted it."""
    with reading() as session:
        return answer(replies.event_of(session, id))


handler = lambda_handler(app)
