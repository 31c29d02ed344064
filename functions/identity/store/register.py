"""POST /api/v1/identity/register: open an account and sign in to it."""

from ravo.identity import service
from ravo.identity.errors import EmailTaken, WeakPassword
from ravo.identity.here import ThisDevice
from ravo.identity.limits import registrations
from ravo.identity.replies import account_opened, remembered
from ravo.identity.schemas import Registration, SignedIn
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
async def register(registration: Registration, device: ThisDevice) -> Response:
    """Open an account. The answer signs in: an access token in the body, a refresh token in a cookie."""
    with transaction() as session:
        opened = service.register(session, registration, device)
    return remembered(account_opened(opened), opened)


handler = lambda_handler(app, limited=registrations)
