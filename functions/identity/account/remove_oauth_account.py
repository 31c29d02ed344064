"""DELETE /api/v1/identity/me/oauth-accounts/{provider}: stop signing in by this provider."""

from typing import Annotated

from ravo.identity.oauth import service
from ravo.identity.oauth.errors import LastWayIn, NotLinked
from ravo.identity.reauthentication.errors import NotProven, SignInTooOld
from ravo.identity.reauthentication.http import proofs
from ravo.identity.reauthentication.schemas import FullProof
from ravo.platform.database import transaction
from ravo.platform.errors import raise_if_refused
from ravo.platform.http import Caller, create_app, lambda_handler, no_content, refusals

from fastapi import Path, Response

app = create_app()


@app.delete(
    "/api/v1/identity/me/oauth-accounts/{provider}",
    status_code=204,
    responses=refusals(NotProven, SignInTooOld, NotLinked, LastWayIn),
)
async def remove_oauth_account(
    provider: Annotated[str, Path(max_length=16, description="`google` or `github`", examples=["google"])],
    proof: FullProof,
    caller: Caller,
) -> Response:
    """Remove the provider's account, so that it no longer signs in to this one.

    The last way to sign in stays until there is a password. It takes the password, and a code if a second factor is on.
    An account without a password takes a sign-in of the last ten minutes instead of the password.
    """
    with transaction() as session:
        outcome = service.unlink(session, caller, provider, password=proof.password, code=proof.code)
    raise_if_refused(outcome)
    return no_content()


handler = lambda_handler(app, limited=proofs)
