"""PATCH /api/v1/identity/me/addresses/{id}: change a saved address."""

from uuid import UUID

from ravo.identity.addresses import replies
from ravo.identity.addresses import service as addresses
from ravo.identity.addresses.schemas import AddressChange, KeptAddress
from ravo.platform.database import transaction
from ravo.platform.errors import NotFound, VersionConflict
from ravo.platform.http import Answer, Caller, answer, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.patch(
    "/api/v1/identity/me/addresses/{id}",
    response_model=Answer[KeptAddress],
    responses=refusals(NotFound, VersionConflict),
)
async def update_address(id: UUID, change: AddressChange, caller: Caller) -> Response:
    """Change the fields that are sent; an address is sent whole, and the address of another user is not found."""
    with transaction() as session:
        return answer(replies.address_of(addresses.change(session, id, caller.id, change)))


handler = lambda_handler(app)
