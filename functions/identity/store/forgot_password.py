"""POST /api/v1/identity/forgot-password: mail a link that sets a password."""

from ravo.identity.credentials import service as credentials
from ravo.identity.credentials.schemas import Forgotten
from ravo.identity.email_tokens import service as email_tokens
from ravo.identity.email_tokens.http import link_mailed, resets
from ravo.identity.email_tokens.schemas import LinkMailed
from ravo.platform.database import transaction
from ravo.platform.http import Answer, anyone, create_app, lambda_handler

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/forgot-password",
    status_code=202,
    response_model=Answer[LinkMailed],
    dependencies=[anyone],
)
async def forgot_password(forgotten: Forgotten) -> Response:
    """Mail a link to the account with this address; the answer is the same if there is none."""
    with transaction() as session:
        credentials.forget(session, forgotten.email)
        return link_mailed(forgotten.email, email_tokens.RESET)


handler = lambda_handler(app, limited=resets)
