"""Why a second factor refuses."""

from ravo.platform.errors import Conflict, Detail, Invalid, NotFound


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
