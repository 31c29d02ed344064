"""POST /api/v1/operations/admin/events/replay: send a range of events to one consumer again."""

from ravo.operations.consumers.errors import NotHeard, UnknownConsumer
from ravo.operations.history import service
from ravo.operations.history.errors import TooManyEvents
from ravo.operations.history.schemas import RangeReplayInput, ReplayReply
from ravo.platform.http import Answer, accepted, allowed, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/operations/admin/events/replay",
    status_code=202,
    response_model=Answer[ReplayReply],
    responses=refusals(UnknownConsumer, NotHeard, TooManyEvents),
    dependencies=[allowed("events:replay")],
)
async def replay_events(given: RangeReplayInput) -> Response:
    """Send the events of a type and period to one consumer again, the oldest first, up to 2,000 at a time."""
    told = service.replay_range(given)
    return accepted(told, location=f"/api/v1/operations/admin/events?type={given.type}")


handler = lambda_handler(app)
