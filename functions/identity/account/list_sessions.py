"""GET /api/v1/identity/me/sessions: where one is signed in."""

from ravo.identity.sessions import replies
from ravo.identity.sessions.schemas import SessionReply
from ravo.platform.database import reading
from ravo.platform.http import Caller, Listing, PageNumber, create_app, lambda_handler, listing, refusals

from fastapi import Response

app = create_app()


@app.get("/api/v1/identity/me/sessions", response_model=Listing[SessionReply], responses=refusals())
async def list_sessions(caller: Caller, paging: PageNumber) -> Response:
    """The open sessions of whoever is signed in, the one used last first."""
    with reading() as session:
        return listing(*replies.own_sessions(session, paging, by=caller))


handler = lambda_handler(app)
