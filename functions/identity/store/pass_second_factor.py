"""POST /api/v1/identity/login/second-factor: finish a sign-in that waits for a second factor."""

from typing import Annotated

from ravo.identity.sealed_cookies import LONGEST
from ravo.identity.sessions import service as sessions
from ravo.identity.sessions.errors import ChallengeEnded
from ravo.identity.sessions.http import CHALLENGE_COOKIE, CurrentDevice, challenge_answered, second_factors
from ravo.identity.sessions.schemas import Answered, SignedIn
from ravo.identity.totp.errors import OneTimePasswordWrong
from ravo.platform.database import transaction
from ravo.platform.errors import raise_if_refused
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
    device: CurrentDevice,
    challenge: Annotated[str, Cookie(alias=CHALLENGE_COOKIE, max_length=LONGEST)] = "",
) -> Response:
    """Finish a sign-in by another provider with a one-time password or a recovery code, within five minutes."""
    with transaction() as session:
        opened = sessions.answer_challenge(session, challenge, answered.one_time_password, device)
    return challenge_answered(raise_if_refused(opened))


handler = lambda_handler(app, limited=second_factors)
