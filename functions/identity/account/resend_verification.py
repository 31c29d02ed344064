"""POST /api/v1/identity/verify-email/resend: mail another link that proves the caller's mail address."""

from ravo.identity.email_tokens import service as email_tokens
from ravo.identity.email_tokens.http import link_mailed, resets
from ravo.identity.email_tokens.schemas import LinkMailed
from ravo.identity.email_verification import service as email_verification
from ravo.platform.database import transaction
from ravo.platform.errors import NotFound
from ravo.platform.http import Answer, Caller, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/verify-email/resend",
    status_code=202,
    response_model=Answer[LinkMailed],
    responses=refusals(NotFound),
)
async def resend_verification(caller: Caller) -> Response:
    """Mail a new verification link in place of the previous one.

    There are five an hour at most, and none for an address that is already proven.
    """
    with transaction() as session:
        return link_mailed(email_verification.ask_again(session, caller.id), email_tokens.VERIFY)


handler = lambda_handler(app, limited=resets)
