"""POST /api/v1/identity/token: an access token for a machine."""

from ravo.identity.api_keys import replies
from ravo.identity.api_keys import service as api_keys
from ravo.identity.api_keys.errors import WrongKey
from ravo.identity.api_keys.http import key_exchanges
from ravo.identity.api_keys.schemas import AccessGranted, KeyCredentials
from ravo.platform.database import transaction
from ravo.platform.http import Answer, answer, anyone, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/token",
    response_model=Answer[AccessGranted],
    responses=refusals(WrongKey),
    dependencies=[anyone],
)
async def exchange_api_key(given: KeyCredentials) -> Response:
    """Exchange a key for an access token that is valid for 15 minutes and has the permissions of the key."""
    with transaction() as session:
        return answer(replies.access_granted(api_keys.exchange(session, given.api_key)))


handler = lambda_handler(app, limited=key_exchanges)
