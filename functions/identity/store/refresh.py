"""POST /api/v1/identity/refresh: continue a session by its refresh cookie."""

from typing import Annotated

from ravo.identity.sessions import service as sessions
from ravo.identity.sessions.errors import SessionEnded
from ravo.identity.sessions.http import REFRESH_COOKIE, CurrentDevice, session_opened
from ravo.identity.sessions.schemas import SignedIn
from ravo.platform.database import transaction
from ravo.platform.http import Answer, by_cookie, create_app, lambda_handler, refusals

from fastapi import Cookie, Response

app = create_app()


@app.post(
    "/api/v1/identity/refresh",
    response_model=Answer[SignedIn],
    responses=refusals(SessionEnded),
    dependencies=[by_cookie],
)
async def refresh(
    device: CurrentDevice, token: Annotated[str, Cookie(alias=REFRESH_COOKIE, max_length=200)] = ""
) -> Response:
    """Return a new access token and replace the cookie; using an old cookie again ends the session everywhere."""
    with transaction() as session:
        opened = sessions.refresh(session, token, device)
    return session_opened(sessions.continued(opened))


handler = lambda_handler(app)
