"""POST /api/v1/identity/me/second-factor/confirm: turn the second factor on."""

from ravo.identity.reauthentication.http import proofs
from ravo.identity.second_factor import service
from ravo.identity.second_factor.errors import CodeWrong, SecondFactorOff, SecondFactorOn
from ravo.identity.second_factor.http import recovery_codes
from ravo.identity.second_factor.schemas import FirstCode, RecoveryCodes
from ravo.platform.database import transaction
from ravo.platform.http import Answer, Caller, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/me/second-factor/confirm",
    response_model=Answer[RecoveryCodes],
    responses=refusals(SecondFactorOff, SecondFactorOn, CodeWrong),
)
async def confirm_second_factor(first: FirstCode, caller: Caller) -> Response:
    """Turn the second factor on by a code of the app, and return ten recovery codes; they are shown only once.

    From now on sign-ins need a code and other sessions end. This session counts as signed in with a second factor from
    its next refresh on.
    """
    with transaction() as session:
        return recovery_codes(service.confirm(session, caller, first.code))


handler = lambda_handler(app, limited=proofs)
