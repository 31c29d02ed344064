"""PATCH /api/v1/identity/admin/users/{id}: change a user's name or language."""

from typing import Annotated
from uuid import UUID

from ravo.identity.access.errors import BeyondYourOwn
from ravo.identity.users import replies
from ravo.identity.users import service as users
from ravo.identity.users.errors import UserNotFound
from ravo.identity.users.schemas import UserChange, UserDetail
from ravo.platform.database import transaction
from ravo.platform.errors import VersionConflict
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals
from ravo.platform.tokens import Principal

from fastapi import Response

app = create_app()


@app.patch(
    "/api/v1/identity/admin/users/{id}",
    response_model=Answer[UserDetail],
    responses=refusals(BeyondYourOwn, UserNotFound, VersionConflict),
)
async def update_user(id: UUID, change: UserChange, by: Annotated[Principal, allowed("users:write")]) -> Response:
    """Change the fields that are sent; `version` guards against a change that someone else made meanwhile."""
    with transaction() as session:
        users.change(session, id, change, by=by)
        return answer(replies.user_of(session, id))


handler = lambda_handler(app)
