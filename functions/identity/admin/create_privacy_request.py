"""POST /api/v1/identity/admin/privacy-requests: carry out a privacy request that reached staff another way."""

from typing import Annotated

from ravo.identity.privacy import replies, service
from ravo.identity.privacy.errors import NobodyKnown
from ravo.identity.privacy.schemas import StaffPrivacyRequest, StaffPrivacyRequestReply
from ravo.identity.super_admins.errors import LastOwner
from ravo.platform.database import transaction
from ravo.platform.http import Answer, accepted, allowed, create_app, lambda_handler, refusals
from ravo.platform.tokens import Principal

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/admin/privacy-requests",
    response_model=Answer[StaffPrivacyRequestReply],
    status_code=202,
    responses=refusals(NobodyKnown, LastOwner),
)
async def create_privacy_request(
    asked: StaffPrivacyRequest, staff: Annotated[Principal, allowed("privacy:write")]
) -> Response:
    """Mail a person a copy of their data, or erase their data.

    The person is the owner of an account, or a guest with a proven mail address.
    """
    with transaction() as session:
        request = service.ask_for_someone(session, asked, by=staff.id)
        return accepted(replies.for_staff(request), location=replies.STAFF_REQUESTS_PATH)


handler = lambda_handler(app)
