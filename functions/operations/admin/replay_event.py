"""POST /api/v1/operations/admin/events/{id}/replay: send an event to one consumer again."""

from uuid import UUID

from ravo.operations.consumers.errors import NotHeard, UnknownConsumer
from ravo.operations.history import service
from ravo.operations.history.errors import EventNotFound
from ravo.operations.history.schemas import ReplayInput, ReplayReply
from ravo.platform.http import Answer, accepted, allowed, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/operations/admin/events/{id}/replay",
    status_code=202,
    response_model=Answer[ReplayReply],
    responses=refusals(EventNotFound, UnknownConsumer, NotHeard),
    dependencies=[allowed("events:replay")],
)
async def replay_event(id: UUID, given: ReplayInput) -> Response:
    """Send the same event to one consumer again; if it has acted on it already, nothing changes."""
    told = service.replay_one(id, consumer=given.consumer)
    return accepted(told, location=f"/api/v1/operations/admin/events/{id}")


handler = lambda_handler(app)
