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
    """Return a secret for an authenticator app; it is shown only once.

    Nothing changes until one of its codes is confirmed, and calling this again makes another secret. It takes the
    password and a confirmed mail address. An account without a password takes a sign-in of the last ten minutes instead
    of the password.
    """
    with transaction() as session:
        return enrolment_begun(service.begin(session, caller, proof.password))


handler = lambda_handler(app, limited=proofs)
