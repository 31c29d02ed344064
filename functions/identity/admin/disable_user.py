"""POST /api/v1/identity/admin/users/{id}/disable: disable a user."""

from typing import Annotated
from uuid import UUID

from ravo.identity.access.errors import BeyondYourOwn
from ravo.identity.super_admins.errors import LastOwner
from ravo.identity.users import replies
from ravo.identity.users import service as users
from ravo.identity.users.errors import UserNotFound
from ravo.identity.users.schemas import UserDetail
from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals
from ravo.platform.tokens import Principal

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/admin/users/{id}/disable",
    response_model=Answer[UserDetail],
    responses=refusals(BeyondYourOwn, UserNotFound, LastOwner),
)
async def disable_user(id: UUID, by: Annotated[Principal, allowed("users:write")]) -> Response:
    """Disable a user and end all their sessions; the last super admin can't be disabled."""
    with transaction() as session:
        users.disable(session, id, by=by)
        return answer(replies.user_of(session, id))


handler = lambda_handler(app)
