"""Why a second factor refuses."""

from ravo.platform.errors import Conflict, Detail, Invalid, NotFound


class SecondFactorOn(Conflict):
    message = "A second factor is already set up. Remove it first."


class SecondFactorOff(NotFound):
    message = "No second factor is set up."


class EmailNotProven(Conflict):
    """Someone else may have opened the account; their second factor would outlive the owner's reset of the password."""

    message = "Confirm your mail address first."


class CodeWrong(Invalid):
    """For the first code of an app: it was set up with another secret, or its clock is wrong."""

    message = "The code does not match the app. Check the clock of your phone, then send the code that it shows now."

    def __init__(self) -> None:
        super().__init__(details=[Detail("code", "is wrong")])
