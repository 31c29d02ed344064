"""Why someone who is signed in has to prove it again."""

from ravo.platform.errors import Detail, Forbidden


class NotProven(Forbidden):
    """Whoever has an access token may have found it: who changes the ways in proves to be its owner."""

    message = "Confirm that it is you."

    def __init__(self, field: str, message: str) -> None:
        super().__init__(details=[Detail(field, message)])


class SignInTooOld(Forbidden):
    """For whoever has no password to prove it with."""

    message = "Sign in again to do this."
