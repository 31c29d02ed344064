"""Why a second factor refuses."""

from ravo.platform.errors import Conflict, Detail, Forbidden, Invalid, NotFound, Unauthenticated

FIELD = "oneTimePassword"


class OneTimePasswordNeeded(Unauthenticated):
    """Said only after the password was right."""

    message = "This account has a second factor: send its one-time password too."

    def __init__(self) -> None:
        super().__init__(details=[Detail(FIELD, "is needed")])


class OneTimePasswordWrong(Unauthenticated):
    """Wrong, too old, or used before: which of them is nobody's business."""

    message = "The one-time password is wrong."

    def __init__(self) -> None:
        super().__init__(details=[Detail(FIELD, "is wrong")])


class ChallengeEnded(Unauthenticated):
    message = "The sign-in took too long; begin it again."


class SecondFactorOn(Conflict):
    message = "There is a second factor already; take it away first."


class SecondFactorOff(NotFound):
    message = "There is no second factor."


class EmailNotProven(Conflict):
    """A second factor that someone set up with another's address would outlive the reset by which its owner comes in."""

    message = "Confirm your mail address first."


class CodeWrong(Invalid):
    """At the first code of an app: it was set up with another secret, or its clock is wrong."""

    message = "The code is not the one that the secret makes now."

    def __init__(self) -> None:
        super().__init__(details=[Detail("code", "is wrong")])


class NotProven(Forbidden):
    """Whoever has an access token may have found it: who changes the ways in proves to be its owner."""

    message = "Prove that it is you."

    def __init__(self, field: str, message: str) -> None:
        super().__init__(details=[Detail(field, message)])


class SignInTooOld(Forbidden):
    """For whoever has no password to prove it with."""

    message = "Sign in again to do this."
