"""POST /api/v1/identity/admin/users: create an account for someone."""

from typing import Annotated

from ravo.identity.access.errors import BeyondYourOwn
from ravo.identity.accounts.errors import EmailTaken
from ravo.identity.roles.errors import UnknownRole
from ravo.identity.users import replies
from ravo.identity.users import service as users
from ravo.identity.users.schemas import UserDetail, UserInput
from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, create_app, created, lambda_handler, refusals
from ravo.platform.tokens import Principal

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/admin/users",
    status_code=201,
    response_model=Answer[UserDetail],
    responses=refusals(BeyondYourOwn, EmailTaken, UnknownRole),
)
async def create_user(given: UserInput, by: Annotated[Principal, allowed("users:write")]) -> Response:
    """Create an account without a password, and mail its owner a link to set one.

    Roles other than `customer` also need `roles:assign`.
    """
    with transaction() as session:
        made = replies.user_of(session, users.invite(session, given, by=by))
        return created(made, location=f"/api/v1/identity/admin/users/{made.id}")


handler = lambda_handler(app)
