"""GET /api/v1/identity/me/oauth-accounts: the accounts elsewhere that open the own one."""

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
    """The providers that this account can be signed in to by, one account of each at most."""
    with reading() as session:
        return linked_accounts(service.linked(session, caller.id))


handler = lambda_handler(app)
