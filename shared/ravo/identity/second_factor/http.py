"""Second factors over HTTP."""

from collections.abc import Sequence

from fastapi.responses import Response

from ravo.identity.second_factor.schemas import RecoveryCodes, SecondFactorEnrolment, SecondFactorState
from ravo.identity.second_factor.service import Enrolment, State
from ravo.identity.sessions.http import COOKIE_PATH
from ravo.platform.http import answer, created

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
