"""POST /api/v1/identity/admin/roles: create a role."""

from typing import Annotated

from ravo.identity.access.errors import BeyondYourOwn, UnknownPermission
from ravo.identity.roles import replies
from ravo.identity.roles import service as roles
from ravo.identity.roles.errors import RoleNameTaken
from ravo.identity.roles.schemas import RoleInput, RoleReply
from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, create_app, created, lambda_handler, refusals
from ravo.platform.tokens import Principal

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/admin/roles",
    status_code=201,
    response_model=Answer[RoleReply],
    responses=refusals(BeyondYourOwn, UnknownPermission, RoleNameTaken),
)
async def create_role(given: RoleInput, by: Annotated[Principal, allowed("roles:write")]) -> Response:
    """Create a role with permissions that the caller has."""
    with transaction() as session:
        made = replies.role_of(session, roles.create(session, given, by=by))
        return created(made, location=f"/api/v1/identity/admin/roles/{made.id}")


handler = lambda_handler(app)
