"""GET /api/v1/identity/admin/permissions: all permissions."""

from ravo.identity.roles import replies
from ravo.identity.roles.schemas import PermissionReply
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/identity/admin/permissions",
    response_model=Answer[list[PermissionReply]],
    dependencies=[allowed("roles:read")],
)
async def list_permissions() -> Response:
    """List all permissions that roles and keys can have."""
    return answer(replies.permissions())


handler = lambda_handler(app)
