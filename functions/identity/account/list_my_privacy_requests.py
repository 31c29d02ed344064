"""GET /api/v1/identity/me/privacy-requests: how far the caller's privacy requests are."""

from ravo.identity.privacy import queries, replies
from ravo.identity.privacy.schemas import PrivacyRequestReply
from ravo.platform.database import reading
from ravo.platform.http import Answer, Caller, answer, create_app, lambda_handler

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/identity/me/privacy-requests",
    response_model=Answer[list[PrivacyRequestReply]],
)
async def list_my_privacy_requests(caller: Caller) -> Response:
    """List the caller's requests about their own data, the newest first."""
    with reading() as session:
        return answer([replies.own(each) for each in queries.requests_of(session, caller.id)])


handler = lambda_handler(app)
