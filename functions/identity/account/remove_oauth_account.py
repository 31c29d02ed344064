"""DELETE /api/v1/identity/me/oauth-accounts/{provider}: sign in by this provider no more."""

from typing import Annotated

from fastapi import Path, Response

from ravo.identity.oauth import service
from ravo.identity.oauth.errors import LastWayIn, NotLinked
from ravo.platform.database import transaction
from ravo.platform.errors import Unauthenticated
from ravo.platform.http import Caller, create_app, lambda_handler, no_content, refusals

app = create_app()


@app.delete(
    "/api/v1/identity/me/oauth-accounts/{provider}",
    status_code=204,
    responses=refusals(Unauthenticated, NotLinked, LastWayIn),
)
async def remove_oauth_account(
    provider: Annotated[str, Path(max_length=16, description="`google` or `github`", examples=["google"])],
    caller: Caller,
) -> Response:
    """Let the provider's account open this one no more. The last way in stays until there is a password."""
    with transaction() as session:
        service.unlink(session, caller.id, provider)
    return no_content()


handler = lambda_handler(app)
