"""GET /api/v1/identity/me/oauth-accounts: the provider accounts that sign in to the caller's account."""

from ravo.identity.oauth import service
from ravo.identity.oauth.http import linked_accounts
from ravo.identity.oauth.schemas import LinkedAccount
from ravo.platform.database import reading
from ravo.platform.http import Answer, Caller, create_app, lambda_handler

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/identity/me/oauth-accounts",
    response_model=Answer[list[LinkedAccount]],
)
async def list_oauth_accounts(caller: Caller) -> Response:
    """List the provider accounts that sign in to this account, one of each provider at most."""
    with reading() as session:
        return linked_accounts(service.linked(session, caller.id))


handler = lambda_handler(app)
