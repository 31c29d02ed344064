"""POST /api/v1/identity/admin/api-keys: create a key for a machine."""

from typing import Annotated

from ravo.identity.access.errors import BeyondYourOwn, UnknownPermission
from ravo.identity.api_keys import replies
from ravo.identity.api_keys import service as api_keys
from ravo.identity.api_keys.schemas import KeyInput, NewKeyReply
from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, create_app, created, lambda_handler, refusals
from ravo.platform.tokens import Principal

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/admin/api-keys",
    status_code=201,
    response_model=Answer[NewKeyReply],
    responses=refusals(BeyondYourOwn, UnknownPermission),
)
async def create_api_key(given: KeyInput, by: Annotated[Principal, allowed("keys:write")]) -> Response:
    """Create a key with permissions that the caller has; only this answer shows the secret."""
    with transaction() as session:
        made = replies.new_key_of(session, api_keys.create(session, given, by=by))
        return created(made, location=f"/api/v1/identity/admin/api-keys/{made.id}")


handler = lambda_handler(app)
