"""DELETE /api/v1/identity/admin/api-keys/{id}: revoke a machine's key."""

from typing import Annotated
from uuid import UUID

from ravo.identity.access.errors import BeyondYourOwn
from ravo.identity.api_keys import service as api_keys
from ravo.identity.api_keys.errors import KeyNotFound
from ravo.platform.database import transaction
from ravo.platform.http import allowed, create_app, lambda_handler, no_content, refusals
from ravo.platform.tokens import Principal

from fastapi import Response

app = create_app()


@app.delete(
    "/api/v1/identity/admin/api-keys/{id}",
    status_code=204,
    responses=refusals(BeyondYourOwn, KeyNotFound),
)
async def revoke_api_key(id: UUID, by: Annotated[Principal, allowed("keys:write")]) -> Response:
    """Revoke a key; it stays in the list but no longer works."""
    with transaction() as session:
        api_keys.revoke(session, id, by=by)
    return no_content()


handler = lambda_handler(app)
