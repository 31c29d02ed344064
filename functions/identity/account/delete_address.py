"""DELETE /api/v1/identity/me/addresses/{id}: delete a saved address."""

from uuid import UUID

from ravo.identity.addresses import service as addresses
from ravo.platform.database import transaction
from ravo.platform.errors import NotFound
from ravo.platform.http import Caller, create_app, lambda_handler, no_content, refusals

from fastapi import Response

app = create_app()


@app.delete("/api/v1/identity/me/addresses/{id}", status_code=204, responses=refusals(NotFound))
async def delete_address(id: UUID, caller: Caller) -> Response:
    """Delete an address of the caller; orders keep the address that they were sent to.

    The address of another user is not found.
    """
    with transaction() as session:
        addresses.remove(session, id, caller.id)
        return no_content()


handler = lambda_handler(app)
