"""GET /api/v1/identity/me/addresses: the caller's saved addresses."""

from ravo.identity.addresses import replies
from ravo.identity.addresses.schemas import KeptAddress
from ravo.platform.database import reading
from ravo.platform.http import Answer, Caller, answer, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.get("/api/v1/identity/me/addresses", response_model=Answer[list[KeptAddress]], responses=refusals())
async def list_addresses(caller: Caller) -> Response:
    """List the caller's addresses, the newest first; there are 20 at most."""
    with reading() as session:
        return answer(replies.own_addresses(session, caller.id))


handler = lambda_handler(app)
