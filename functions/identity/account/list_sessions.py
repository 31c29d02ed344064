"""GET /api/v1/identity/me/sessions: where the caller is signed in."""

from ravo.identity.sessions import replies
from ravo.identity.sessions.schemas import SessionReply
from ravo.platform.database import reading
from ravo.platform.http import Caller, Listing, PageNumber, create_app, lambda_handler, listing, refusals

from fastapi import Response

app = create_app()


@app.get("/api/v1/identity/me/sessions", response_model=Listing[SessionReply], responses=refusals())
async def list_sessions(caller: Caller, paging: PageNumber) -> Response:
    """List the caller's open sessions, the most recently used first."""
    with reading() as session:
        return listing(*replies.own_sessions(session, paging, by=caller))


handler = lambda_handler(app)
