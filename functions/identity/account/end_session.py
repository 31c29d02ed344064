"""DELETE /api/v1/identity/me/sessions/{id}: sign a device out."""

from uuid import UUID

from ravo.identity.sessions import service as sessions
from ravo.platform.database import transaction
from ravo.platform.errors import NotFound
from ravo.platform.http import Caller, create_app, lambda_handler, no_content, refusals

from fastapi import Response

app = create_app()


@app.delete("/api/v1/identity/me/sessions/{id}", status_code=204, responses=refusals(NotFound))
async def end_session(id: UUID, caller: Caller) -> Response:
    """End one of the caller's sessions; the session of another user is not found."""
    with transaction() as session:
        sessions.end_own(session, id, by=caller)
        return no_content()


handler = lambda_handler(app)
