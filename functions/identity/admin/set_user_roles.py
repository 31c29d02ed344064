"""PUT /api/v1/identity/admin/users/{id}/roles: set the roles of a user."""

from typing import Annotated
from uuid import UUID

from ravo.identity.access.errors import BeyondYourOwn
from ravo.identity.roles.errors import UnknownRole
from ravo.identity.super_admins.errors import LastOwner
from ravo.identity.users import replies
from ravo.identity.users import service as users
from ravo.identity.users.errors import UserNotFound
from ravo.identity.users.schemas import RolesInput, UserDetail
from ravo.platform.database import transaction
from ravo.platform.errors import VersionConflict
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals
from ravo.platform.tokens import Principal

from fastapi import Response

app = create_app()


@app.put(
    "/api/v1/identity/admin/users/{id}/roles",
    response_model=Answer[UserDetail],
    responses=refusals(BeyondYourOwn, UserNotFound, UnknownRole, VersionConflict, LastOwner),
)
async def set_user_roles(id: UUID, given: RolesInput, by: Annotated[Principal, allowed("roles:assign")]) -> Response:
    """Give a user exactly these roles, within what the caller may do.

    The last super admin can't lose that role.
    """
    with transaction() as session:
        users.set_roles(session, id, given, by=by)
        return answer(replies.user_of(session, id))


handler = lambda_handler(app)
