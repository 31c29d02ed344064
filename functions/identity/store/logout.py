"""POST /api/v1/identity/logout: end the session."""

from typing import Annotated

from ravo.identity.sessions import service as sessions
from ravo.identity.sessions.http import REFRESH_COOKIE, session_closed
from ravo.platform.database import transaction
from ravo.platform.http import by_cookie, create_app, lambda_handler, no_content, refusals

from fastapi import Cookie, Response

app = create_app()


@app.post("/api/v1/identity/logout", status_code=204, responses=refusals(), dependencies=[by_cookie])
async def logout(token: Annotated[str, Cookie(alias=REFRESH_COOKIE, max_length=200)] = "") -> Response:
    """End the session of the refresh cookie and delete the cookie; without a cookie there is nothing to end."""
    with transaction() as session:
        sessions.logout(session, token)
    return session_closed(no_content())


handler = lambda_handler(app)
