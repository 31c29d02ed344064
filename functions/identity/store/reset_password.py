"""POST /api/v1/identity/reset-password: set a password by the link that was mailed for it."""

from ravo.identity.credentials import service as credentials
from ravo.identity.credentials.schemas import PasswordReset
from ravo.identity.email_tokens.errors import LinkUnusable
from ravo.identity.email_tokens.http import links
from ravo.identity.passwords.errors import WeakPassword
from ravo.platform.database import transaction
from ravo.platform.http import anyone, create_app, lambda_handler, no_content, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/reset-password",
    status_code=204,
    responses=refusals(LinkUnusable, WeakPassword),
    dependencies=[anyone],
)
async def reset_password(reset: PasswordReset) -> Response:
    """Set the password and end every session; sign in with the new password then.

    The link works once, for an hour, and also proves the mail address.
    """
    with transaction() as session:
        credentials.reset(session, reset.token, reset.new_password)
        return no_content()


handler = lambda_handler(app, limited=links)
