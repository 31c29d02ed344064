"""POST /api/v1/identity/me/export: a copy of all that is held about oneself."""

from ravo.identity.privacy import replies, service
from ravo.identity.privacy.errors import AlreadyAsked
from ravo.identity.privacy.schemas import PrivacyRequestReply
from ravo.platform.database import transaction
from ravo.platform.errors import NotFound
from ravo.platform.http import Answer, Caller, accepted, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/me/export",
    response_model=Answer[PrivacyRequestReply],
    status_code=202,
    responses=refusals(NotFound, AlreadyAsked),
)
async def export_my_data(caller: Caller) -> Response:
    """Have a copy made, as one JSON file. A link to it comes by mail and is good for a week; one copy a day."""
    with transaction() as session:
        return accepted(replies.own(service.ask_for_copy(session, caller.id)), location=replies.REQUESTS_PATH)


handler = lambda_handler(app)
