"""DELETE /api/v1/identity/me/second-factor: turn the second factor off."""

from ravo.identity.reauthentication.errors import NotProven, SignInTooOld
from ravo.identity.reauthentication.http import proofs
from ravo.identity.reauthentication.schemas import TwofoldProof
from ravo.identity.second_factor import service
from ravo.identity.second_factor.errors import SecondFactorOff
from ravo.platform.database import transaction
from ravo.platform.errors import NotFound, raise_if_refused
from ravo.platform.http import Caller, create_app, lambda_handler, no_content, refusals

from fastapi import Response

app = create_app()


@app.delete(
    "/api/v1/identity/me/second-factor",
    status_code=204,
    responses=refusals(NotProven, SignInTooOld, NotFound, SecondFactorOff),
)
async def remove_second_factor(proof: TwofoldProof, caller: Caller) -> Response:
    """Turn the second factor off and delete its recovery codes; this takes the password and a code."""
    with transaction() as session:
        outcome = service.remove(session, caller, proof.password, proof.code)
    raise_if_refused(outcome)
    return no_content()


handler = lambda_handler(app, limited=proofs)
