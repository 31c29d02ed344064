"""POST /api/v1/identity/me/second-factor: set up an app for one-time passwords."""

from ravo.identity.reauthentication.errors import NotProven, SignInTooOld
from ravo.identity.reauthentication.http import proofs
from ravo.identity.reauthentication.schemas import Proof
from ravo.identity.second_factor import service
from ravo.identity.second_factor.errors import EmailNotProven, SecondFactorOn
from ravo.identity.second_factor.http import enrolment_begun
from ravo.identity.second_factor.schemas import SecondFactorEnrolment
from ravo.platform.database import transaction
from ravo.platform.errors import NotFound
from ravo.platform.http import Answer, Caller, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/identity/me/second-factor",
    status_code=201,
    response_model=Answer[SecondFactorEnrolment],
    responses=refusals(NotProven, SignInTooOld, NotFound, EmailNotProven, SecondFactorOn),
)
async def begin_second_factor(proof: Proof, caller: Caller) -> Response:
    """Get a secret for an app, told once.

    Nothing changes until a code of it is confirmed; asking again makes another. It takes the password, or from who has
    none a sign-in of the last ten minutes, and a mail address that was confirmed.
    """
    with transaction() as session:
        return enrolment_begun(service.begin(session, caller, proof.password))


handler = lambda_handler(app, limited=proofs)
