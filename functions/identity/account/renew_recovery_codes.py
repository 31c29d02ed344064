"""POST /api/v1/identity/me/second-factor/recovery-codes: new recovery codes."""

from ravo.identity.reauthentication.errors import NotProven, SignInTooOld
from ravo.identity.reauthentication.http import proofs
from ravo.identity.reauthentication.schemas import TwofoldProof
from ravo.identity.second_factor import service
from ravo.identity.second_factor.errors import SecondFactorOff
from ravo.identity.second_factor.http import recovery_codes
from ravo.identity.second_factor.schemas import RecoveryCodes
from ravo.platform.database import transaction
from ravo.platform.errors import NotFound, raise_if_refused
from ravo.platform.http import Answer, Caller, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/me/second-factor/recovery-codes",
    response_model=Answer[RecoveryCodes],
    responses=refusals(NotProven, SignInTooOld, NotFound, SecondFactorOff),
)
async def renew_recovery_codes(proof: TwofoldProof, caller: Caller) -> Response:
    """Return ten new recovery codes, shown only once, in place of the old ones; this takes the password and a code."""
    with transaction() as session:
        outcome = service.renew_recovery_codes(session, caller, proof.password, proof.code)
    return recovery_codes(raise_if_refused(outcome))


handler = lambda_handler(app, limited=proofs)
