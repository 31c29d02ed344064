"""POST /api/v1/identity/register: open an account and sign in to it."""

from ravo.identity.accounts.errors import EmailTaken
from ravo.identity.passwords.errors import WeakPassword
from ravo.identity.registration import service as registration_service
from ravo.identity.registration.http import account_opened, registrations
from ravo.identity.registration.schemas import Registration
from ravo.identity.sessions.http import CurrentDevice, remembered
from ravo.identity.sessions.schemas import SignedIn
from ravo.platform.database import transaction
from ravo.platform.http import Answer, anyone, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/register",
    status_code=201,
    response_model=Answer[SignedIn],
    responses=refusals(EmailTaken, WeakPassword),
    dependencies=[anyone],
)
async def register(registration: Registration, device: CurrentDevice) -> Response:
    """Open an account and sign in: the access token is in the body, the refresh token in a cookie."""
    with transaction() as session:
        opened = registration_service.register(session, registration, device)
    return remembered(account_opened(opened), opened)


handler = lambda_handler(app, limited=registrations)
