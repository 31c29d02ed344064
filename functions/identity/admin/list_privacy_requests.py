"""GET /api/v1/identity/admin/privacy-requests: requests for a copy or an erasure, and how far they are."""

from typing import Annotated
from uuid import UUID

from ravo.identity.privacy import replies
from ravo.identity.privacy.schemas import StaffPrivacyRequestReply
from ravo.platform.database import reading
from ravo.platform.http import CursorListing, allowed, create_app, lambda_handler, listing

from fastapi import Query, Response

app = create_app()


@app.get(
    "/api/v1/identity/admin/privacy-requests",
    response_model=CursorListing[StaffPrivacyRequestReply],
    dependencies=[allowed("privacy:read")],
)
async def list_privacy_requests(
    cursor: UUID | None = None, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> Response:
    """List privacy requests, the newest first; the `nextCursor` of a page is the `cursor` of the next."""
    with reading() as session:
        return listing(*replies.page_of_requests(session, cursor=cursor, limit=limit))


handler = lambda_handler(app)
