"""POST /api/v1/identity/login: sign in with mail address and password."""

from ravo.identity import service
from ravo.identity.errors import WrongCredentials
from ravo.identity.here import ThisDevice
from ravo.identity.limits import sign_ins
from ravo.identity.replies import remembered, session_opened
from ravo.identity.schemas import Credentials, SignedIn
from ravo.identity.second_factor.errors import OneTimePasswordNeeded, OneTimePasswordWrong
from ravo.platform.database import transaction
from ravo.platform.errors import granted
from ravo.platform.http import Answer, anyone, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/login",
    response_model=Answer[SignedIn],
    responses=refusals(WrongCredentials, OneTimePasswordNeeded, OneTimePasswordWrong),
    dependencies=[anyone],
)
async def login(credentials: Credentials, device: ThisDevice) -> Response:
    """Sign in. An unknown mail address and a wrong password get the same answer.

    Where a second factor is on, a right password without `oneTimePassword` is refused with that field named. The cookie
    `__Secure-ravo_device` lets this device try again while others guess at the account.
    """
    with transaction() as session:
        outcome = service.login(session, credentials, device)
    opened = granted(outcome)
    return remembered(session_opened(opened), opened)


handler = lambda_handler(app, limited=sign_ins)
