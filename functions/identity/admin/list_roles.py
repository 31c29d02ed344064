"""GET /api/v1/identity/admin/roles: all roles."""

from ravo.identity.roles import replies
from ravo.identity.roles.schemas import RoleReply
from ravo.platform.database import reading
from ravo.platform.http import Listing, PageNumber, allowed, create_app, lambda_handler, listing

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/identity/admin/roles",
    response_model=Listing[RoleReply],
    dependencies=[allowed("roles:read")],
)
async def list_roles(paging: PageNumber) -> Response:
    """List roles by name, with their permissions."""
    with reading() as session:
        return listing(*replies.page_of_roles(session, paging))


handler = lambda_handler(app)
