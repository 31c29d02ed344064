"""POST /api/v1/identity/refresh: go on with a session by its refresh cookie."""

from typing import Annotated

from ravo.identity import service
from ravo.identity.errors import SessionEnded
from ravo.identity.here import ThisDevice
from ravo.identity.replies import REFRESH_COOKIE, session_opened
from ravo.identity.schemas import SignedIn
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
    device: ThisDevice, token: Annotated[str, Cookie(alias=REFRESH_COOKIE, max_length=200)] = ""
) -> Response:
    """Get a new access token. The cookie is replaced; using an old one again ends the session everywhere."""
    with transaction() as session:
        opened = service.refresh(session, token, device)
    return session_opened(service.continued(opened))


handler = lambda_handler(app)
