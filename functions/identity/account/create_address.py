"""POST /api/v1/identity/me/addresses: save an address."""

from ravo.identity.addresses import replies
from ravo.identity.addresses import service as addresses
from ravo.identity.addresses.errors import TooManyAddresses
from ravo.identity.addresses.schemas import KeptAddress, NewAddress
from ravo.platform.database import transaction
from ravo.platform.errors import NotFound
from ravo.platform.http import Answer, Caller, create_app, created, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/me/addresses",
    status_code=201,
    response_model=Answer[KeptAddress],
    responses=refusals(NotFound, TooManyAddresses),
)
async def create_address(given: NewAddress, caller: Caller) -> Response:
    """Save an address that is valid for its country; as a default it replaces the previous default."""
    with transaction() as session:
        kept = addresses.add(session, caller.id, given)
        return created(replies.address_of(kept), location=f"/api/v1/identity/me/addresses/{kept.id}")


handler = lambda_handler(app)
