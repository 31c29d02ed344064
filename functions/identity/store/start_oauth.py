"""GET /api/v1/identity/oauth/{provider}: start a sign-in at another provider."""

from typing import Annotated

from ravo.identity.accounts.schemas import Locale
from ravo.identity.oauth.http import providers, sent_off
from ravo.identity.oauth_state import service as oauth_state
from ravo.identity.oauth_state.schemas import DEFAULT_PATH, OwnPath
from ravo.identity.sessions.http import CurrentDevice
from ravo.platform.errors import NotFound
from ravo.platform.http import anyone, create_app, lambda_handler, refusals

from fastapi import Path, Query, Response
from fastapi.responses import RedirectResponse

app = create_app()


@app.get(
    "/api/v1/identity/oauth/{provider}",
    status_code=302,
    response_class=RedirectResponse,
    responses=refusals(NotFound),
    dependencies=[anyone],
)
async def start_oauth(
    device: CurrentDevice,
    provider: Annotated[str, Path(max_length=16, description="`google` or `github`", examples=["google"])],
    return_to: Annotated[OwnPath, Query(alias="returnTo", description="Where in the shop to come out")] = DEFAULT_PATH,
    locale: Annotated[Locale, Query(description="The language of an account that this opens")] = "en",
) -> Response:
    """Redirect to the provider, and from there back to `returnTo` in the shop; open this in a browser, don't fetch it.

    Back in the shop, `POST /refresh` returns the session's tokens. If there is no session, `error` in the address gives
    the reason; `secondFactor=required` means that `POST /login/second-factor` comes next.
    """
    begun = oauth_state.begin(provider, return_to=return_to, locale=locale, refresh_token=device.refresh_token)
    return sent_off(begun)


handler = lambda_handler(app, limited=providers)
