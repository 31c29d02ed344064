"""POST /api/v1/identity/login: sign in with mail address and password."""

from ravo.identity.sessions import service as sessions
from ravo.identity.sessions.errors import WrongCredentials
from ravo.identity.sessions.http import CurrentDevice, remembered, session_opened, sign_ins
from ravo.identity.sessions.schemas import Credentials, SignedIn
from ravo.identity.totp.errors import OneTimePasswordNeeded, OneTimePasswordWrong
from ravo.platform.database import transaction
from ravo.platform.errors import raise_if_refused
from ravo.platform.http import Answer, anyone, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/login",
    response_model=Answer[SignedIn],
    responses=refusals(WrongCredentials, OneTimePasswordNeeded, OneTimePasswordWrong),
    dependencies=[anyone],
)
async def login(credentials: Credentials, device: CurrentDevice) -> Response:
    """Sign in; an unknown mail address and a wrong password get the same answer.

    If a second factor is on, a correct password without `oneTimePassword` is refused, and the refusal names that field.
    The cookie `__Secure-ravo_device` lets this device try again while others guess at the account.
    """
    with transaction() as session:
        outcome = sessions.login(session, credentials, device)
    opened = raise_if_refused(outcome)
    return remembered(session_opened(opened), opened)


handler = lambda_handler(app, limited=sign_ins)
