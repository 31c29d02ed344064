"""GET /api/v1/identity/admin/users: everyone who has an account."""

from typing import Annotated
from uuid import UUID

from ravo.identity.roles.errors import UnknownRole
from ravo.identity.users import replies
from ravo.identity.users.queries import UserStatus
from ravo.identity.users.schemas import UserSummary
from ravo.platform.database import reading
from ravo.platform.http import CursorListing, allowed, create_app, lambda_handler, listing, refusals

from fastapi import Query, Response

app = create_app()


@app.get(
    "/api/v1/identity/admin/users",
    response_model=CursorListing[UserSummary],
    responses=refusals(UnknownRole),
    dependencies=[allowed("users:read")],
)
async def list_users(
    search: Annotated[str, Query(max_length=200)] = "",
    role: Annotated[str | None, Query(max_length=64)] = None,
    status: UserStatus | None = None,
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Response:
    """List users, the newest first; each word of `search` begins the mail address, the first or the last name.

    The `nextCursor` of a page is the `cursor` of the next.
    """
    with reading() as session:
        shown, page = replies.page_of_users(
            session, search=search, role=role, status=status, cursor=cursor, limit=limit
        )
        return listing(shown, page)


handler = lambda_handler(app)
