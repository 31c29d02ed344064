"""DELETE /api/v1/identity/admin/roles/{id}: delete a role."""

from typing import Annotated
from uuid import UUID

from ravo.identity.access.errors import BeyondYourOwn
from ravo.identity.roles import service as roles
from ravo.identity.roles.errors import FixedRole, RoleInUse, RoleNotFound
from ravo.platform.database import transaction
from ravo.platform.http import allowed, create_app, lambda_handler, no_content, refusals
from ravo.platform.tokens import Principal

from fastapi import Response

app = create_app()


@app.delete(
    "/api/v1/identity/admin/roles/{id}",
    status_code=204,
    responses=refusals(BeyondYourOwn, RoleNotFound, FixedRole, RoleInUse),
)
async def delete_role(id: UUID, by: Annotated[Principal, allowed("roles:write")]) -> Response:
    """Delete a role that no user has; roles that came with the shop can't be deleted."""
    with transaction() as session:
        roles.delete(session, id, by=by)
    return no_content()


handler = lambda_handler(app)
