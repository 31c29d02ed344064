"""POST /api/v1/identity/login: sign in with mail address and password."""

from fastapi import Response

from ravo.identity import service
from ravo.identity.devices import ThisDevice
from ravo.identity.errors import WrongCredentials
from ravo.identity.limits import guesses
from ravo.identity.replies import session_opened
from ravo.identity.schemas import Credentials, SignedIn
from ravo.platform.database import transaction
from ravo.platform.http import Answer, anyone, create_app, lambda_handler, refusals

app = create_app()


@app.post(
    "/api/v1/identity/login",
    response_model=Answer[SignedIn],
    responses=refusals(WrongCredentials),
    dependencies=[anyone, guesses("login", per_minute=10)],
)
async def login(credentials: Credentials, device: ThisDevice) -> Response:
    """Sign in. An unknown mail address and a wrong password get the same answer."""
    with transaction() as session:
        return session_opened(service.login(session, credentials, device))


handler = lambda_handler(app, replayable=False)
