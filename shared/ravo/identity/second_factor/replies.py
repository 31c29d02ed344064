"""Second factors as answers: their state, what is told once, and the cookie of a sign-in that waits."""

from collections.abc import Sequence

from fastapi.responses import Response

from ravo.identity.replies import COOKIE_PATH, session_opened
from ravo.identity.second_factor.challenges import LIFE
from ravo.identity.second_factor.schemas import RecoveryCodes, SecondFactorEnrolment, SecondFactorState
from ravo.identity.second_factor.service import Enrolment, State
from ravo.identity.service import Opened
from ravo.platform.http import answer, created

CHALLENGE_COOKIE = "__Secure-ravo_challenge"
_CHALLENGE_PATH = f"{COOKIE_PATH}/login"
_OWN_PATH = f"{COOKIE_PATH}/me/second-factor"


def state_of(state: State) -> Response:
    """Answer how the second factor stands."""
    return answer(SecondFactorState.model_validate(state))


def enrolment_begun(enrolment: Enrolment) -> Response:
    """Answer 201 with what the app needs."""
    return created(SecondFactorEnrolment.model_validate(enrolment), location=_OWN_PATH)


def recovery_codes(codes: Sequence[str]) -> Response:
    """Answer with the codes to write down."""
    return answer(RecoveryCodes(recovery_codes=list(codes)))


def challenge_answered(opened: Opened) -> Response:
    """Answer with the session's tokens; nothing waits any more."""
    response = session_opened(opened)
    response.delete_cookie(CHALLENGE_COOKIE, path=_CHALLENGE_PATH, secure=True, httponly=True, samesite="strict")
    return response


def with_challenge(response: Response, challenge: str) -> Response:
    """Let this browser show the second factor."""
    response.set_cookie(
        CHALLENGE_COOKIE,
        challenge,
        max_age=int(LIFE.total_seconds()),
        path=_CHALLENGE_PATH,
        secure=True,
        httponly=True,
        samesite="strict",
    )
    return response
