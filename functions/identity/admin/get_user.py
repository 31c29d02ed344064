"""GET /api/v1/identity/admin/users/{id}: a user."""

from uuid import UUID

from ravo.identity.users import replies
from ravo.identity.users.errors import UserNotFound
from ravo.identity.users.schemas import UserDetail
from ravo.platform.database import reading
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/identity/admin/users/{id}",
    response_model=Answer[UserDetail],
    responses=refusals(UserNotFound),
    dependencies=[allowed("users:read")],
)
async def get_user(id: UUID) -> Response:
    """Return a user with roles, permissions, and how the account is used."""
    with reading() as session:
        return answer(replies.user_of(session, id))


handler = lambda_handler(app)
