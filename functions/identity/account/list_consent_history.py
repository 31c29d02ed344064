"""GET /api/v1/identity/me/consents/history: all consents that the caller ever gave or withdrew."""

from ravo.identity.consents import replies
from ravo.identity.consents.schemas import ConsentEntry
from ravo.platform.database import reading
from ravo.platform.http import Caller, Listing, PageNumber, create_app, lambda_handler, listing, refusals

from fastapi import Response

app = create_app()


@app.get("/api/v1/identity/me/consents/history", response_model=Listing[ConsentEntry], responses=refusals())
async def list_consent_history(caller: Caller, paging: PageNumber) -> Response:
    """List all consents that the caller gave or withdrew, the latest first."""
    with reading() as session:
        return listing(*replies.own_history(session, paging, by=caller))


handler = lambda_handler(app)
