"""POST /api/v1/identity/me/export: request a copy of one's personal data."""

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
    """Request a copy of the caller's personal data as one JSON file, once a day at most.

    A link to the file comes by mail and is valid for a week.
    """
    with transaction() as session:
        return accepted(replies.own(service.ask_for_copy(session, caller.id)), location=replies.REQUESTS_PATH)


handler = lambda_handler(app)
