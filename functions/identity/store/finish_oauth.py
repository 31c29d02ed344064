"""GET /api/v1/identity/oauth/{provider}/callback: finish a sign-in at another provider."""

from typing import Annotated

from ravo.identity.oauth import service
from ravo.identity.oauth.http import ATTEMPT_COOKIE, landed, providers
from ravo.identity.oauth_state import service as oauth_state
from ravo.identity.oauth_state.schemas import Brought
from ravo.identity.sealed_cookies import LONGEST
from ravo.identity.sessions.http import CurrentDevice
from ravo.platform.database import transaction
from ravo.platform.errors import NotFound
from ravo.platform.http import anyone, create_app, lambda_handler, refusals

from fastapi import Cookie, Path, Query, Response
from fastapi.responses import RedirectResponse

app = create_app()


@app.get(
    "/api/v1/identity/oauth/{provider}/callback",
    status_code=303,
    response_class=RedirectResponse,
    responses=refusals(NotFound),
    dependencies=[anyone],
)
async def finish_oauth(
    provider: Annotated[str, Path(max_length=16, description="`google` or `github`", examples=["google"])],
    brought: Annotated[Brought, Query()],
    device: CurrentDevice,
    ticket: Annotated[str, Cookie(alias=ATTEMPT_COOKIE, max_length=LONGEST)] = "",
) -> Response:
    """Receive the browser from the provider and redirect it to the shop, signed in or with the reason why not."""
    returned = oauth_state.come_back(provider, brought, ticket)
    with transaction() as session:
        landing = service.enter(session, returned, device)
    return landed(landing)


handler = lambda_handler(app, limited=providers)
