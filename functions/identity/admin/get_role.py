"""GET /api/v1/identity/admin/roles/{id}: a role."""

from uuid import UUID

from ravo.identity.roles import replies
from ravo.identity.roles.errors import RoleNotFound
from ravo.identity.roles.schemas import RoleReply
from ravo.platform.database import reading
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/identity/admin/roles/{id}",
    response_model=Answer[RoleReply],
    responses=refusals(RoleNotFound),
    dependencies=[allowed("roles:read")],
)
async def get_role(id: UUID) -> Response:
    """Return a role with its permissions."""
    with reading() as session:
        return answer(replies.role_of(session, id))


handler = lambda_handler(app)
