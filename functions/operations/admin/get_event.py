"""GET /api/v1/operations/admin/events/{id}: one thing that has happened."""

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
    """Answer an event as its consumers get it, and when the bus took it."""
    with reading() as session:
        return answer(replies.event_of(session, id))


handler = lambda_handler(app)
