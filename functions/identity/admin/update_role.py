"""PATCH /api/v1/identity/admin/roles/{id}: change a role."""

from typing import Annotated
from uuid import UUID

from ravo.identity.access.errors import BeyondYourOwn, UnknownPermission
from ravo.identity.roles import replies
from ravo.identity.roles import service as roles
from ravo.identity.roles.errors import FixedRole, RoleNameTaken, RoleNotFound
from ravo.identity.roles.schemas import RoleChange, RoleReply
from ravo.platform.database import transaction
from ravo.platform.errors import VersionConflict
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals
from ravo.platform.tokens import Principal

from fastapi import Response

app = create_app()


@app.patch(
    "/api/v1/identity/admin/roles/{id}",
    response_model=Answer[RoleReply],
    responses=refusals(BeyondYourOwn, RoleNotFound, VersionConflict, UnknownPermission, RoleNameTaken, FixedRole),
)
async def update_role(id: UUID, change: RoleChange, by: Annotated[Principal, allowed("roles:write")]) -> Response:
    """Change the fields that are sent.

    A role that comes with the shop keeps its name; the permissions of `super_admin` and `customer` stay as they are.
    """
    with transaction() as session:
        roles.change(session, id, change, by=by)
        return answer(replies.role_of(session, id))


handler = lambda_handler(app)
