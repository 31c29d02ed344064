"""DELETE /api/v1/identity/me/sessions: sign every other device out."""

from ravo.identity.sessions import service as sessions
from ravo.platform.database import transaction
from ravo.platform.http import Caller, create_app, lambda_handler, no_content, refusals

from fastapi import Response

app = create_app()


@app.delete("/api/v1/identity/me/sessions", status_code=204, responses=refusals())
async def end_other_sessions(caller: Caller) -> Response:
    """End all of the caller's sessions except this one."""
    with transaction() as session:
        sessions.end_others(session, by=caller)
        return no_content()


handler = lambda_handler(app)
