"""DELETE /api/v1/identity/me: close the caller's account."""

from ravo.identity.credentials.errors import WrongPassword
from ravo.identity.privacy import service as privacy
from ravo.identity.privacy.errors import SignInTooOld
from ravo.identity.privacy.schemas import Closing
from ravo.identity.reauthentication.http import proofs
from ravo.identity.super_admins.errors import LastOwner
from ravo.platform.database import transaction
from ravo.platform.errors import NotFound
from ravo.platform.http import Caller, create_app, lambda_handler, no_content, refusals

from fastapi import Response

app = create_app()


@app.delete(
    "/api/v1/identity/me",
    status_code=204,
    responses=refusals(NotFound, WrongPassword, SignInTooOld, LastOwner),
)
async def close_account(given: Closing, caller: Caller) -> Response:
    """Close the account at once and for good; its personal data is erased soon after.

    The shop's last owner can't be closed.
    """
    with transaction() as session:
        privacy.close_account(session, by=caller, current_password=given.current_password)
        return no_content()


handler = lambda_handler(app, limited=proofs)
