"""POST /api/v1/identity/register: open an account and sign in to it."""

from fastapi import Response

from ravo.identity import service
from ravo.identity.devices import ThisDevice
from ravo.identity.errors import EmailTaken, WeakPassword
from ravo.identity.limits import guesses
from ravo.identity.replies import account_opened
from ravo.identity.schemas import Registration, SignedIn
from ravo.platform.database import transaction
from ravo.platform.http import Answer, anyone, create_app, lambda_handler, refusals

app = create_app()


@app.post(
    "/api/v1/identity/register",
    status_code=201,
    response_model=Answer[SignedIn],
    responses=refusals(EmailTaken, WeakPassword),
    dependencies=[anyone, guesses("register", per_minute=10)],
)
async def register(registration: Registration, device: ThisDevice) -> Response:
    """Open an account. The answer signs in: an access token in the body, a refresh token in a cookie."""
    with transaction() as session:
        return account_opened(service.register(session, registration, device))


handler = lambda_handler(app, replayable=False)
