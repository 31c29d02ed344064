"""POST /api/v1/identity/login: sign in with mail address and password."""

from fastapi import Response

from ravo.identity import service
from ravo.identity.devices import ThisDevice
from ravo.identity.errors import WrongCredentials
from ravo.identity.limits import guesses
from ravo.identity.replies import session_opened
from ravo.identity.schemas import Credentials, SignedIn
from ravo.identity.second_factor.errors import OneTimePasswordNeeded, OneTimePasswordWrong
from ravo.platform.database import transaction
from ravo.platform.errors import granted
from ravo.platform.http import Answer, anyone, create_app, lambda_handler, refusals

app = create_app()


@app.post(
    "/api/v1/identity/login",
    response_model=Answer[SignedIn],
    responses=refusals(WrongCredentials, OneTimePasswordNeeded, OneTimePasswordWrong),
    dependencies=[anyone, guesses("login", per_minute=10)],
)
async def login(credentials: Credentials, device: ThisDevice) -> Response:
    """Sign in. An unknown mail address and a wrong password get the same answer.

    Where a second factor is on, a right password without `oneTimePassword` is refused with that field named.
    """
    with transaction() as session:
        opened = service.login(session, credentials, device)
    return session_opened(granted(opened))


handler = lambda_handler(app, replayable=False)
