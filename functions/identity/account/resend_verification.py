"""POST /api/v1/identity/verify-email/resend: have another link mailed that proves the own mail address."""

from ravo.identity.accounts import mailed, verifying
from ravo.identity.accounts.replies import link_mailed
from ravo.identity.accounts.schemas import LinkMailed
from ravo.identity.limits import resets
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
    """Mail a new link in place of the one before; five an hour at most, and none for an address that is proven already."""
    with transaction() as session:
        return link_mailed(verifying.ask_again(session, caller.id), mailed.VERIFY)


handler = lambda_handler(app, limited=resets)
