"""POST /api/v1/identity/login/second-factor: end a sign-in that waits for a second factor."""

from typing import Annotated

from ravo.identity.here import ThisDevice
from ravo.identity.limits import second_factors
from ravo.identity.schemas import SignedIn
from ravo.identity.second_factor import challenges
from ravo.identity.second_factor.errors import ChallengeEnded, OneTimePasswordWrong
from ravo.identity.second_factor.replies import CHALLENGE_COOKIE, challenge_answered
from ravo.identity.second_factor.schemas import Answered
from ravo.identity.tickets import LONGEST
from ravo.platform.database import transaction
from ravo.platform.errors import granted
from ravo.platform.http import Answer, by_cookie, create_app, lambda_handler, refusals

from fastapi import Cookie, Response

app = create_app()


@app.post(
    "/api/v1/identity/login/second-factor",
    response_model=Answer[SignedIn],
    responses=refusals(ChallengeEnded, OneTimePasswordWrong),
    dependencies=[by_cookie],
)
async def pass_second_factor(
    answered: Answered,
    device: ThisDevice,
    challenge: Annotated[str, Cookie(alias=CHALLENGE_COOKIE, max_length=LONGEST)] = "",
) -> Response:
    """Show the one-time password, or a recovery code, within five minutes of signing in by another provider."""
    with transaction() as session:
        opened = challenges.answer(session, challenge, answered.one_time_password, device)
    return challenge_answered(granted(opened))


handler = lambda_handler(app, limited=second_factors)
