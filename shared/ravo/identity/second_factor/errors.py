"""Why a second factor refuses."""

from ravo.platform.errors import Conflict, Detail, Invalid, NotFound


class SecondFactorOn(Conflict):
    message = "A second factor is already set up. Remove it first."


class SecondFactorOff(NotFound):
    message = "No second factor is set up."


class EmailNotProven(Conflict):
    """A second factor that someone set up with another's address would outlive the reset by which its owner comes
    in.
    """

    message = "Confirm your mail address first."


class CodeWrong(Invalid):
    """At the first code of an app: it was set up with another secret, or its clock is wrong."""

    message = "The code does not match the app. Check the clock of your phone, then send the code that it shows now."

    def __init__(self) -> None:
        super().__init__(details=[Detail("code", "is wrong")])
