"""Why someone who is signed in has to prove it again."""

from ravo.platform.errors import Detail, Forbidden


class NotProven(Forbidden):
    """An access token may be in the wrong hands: only the account's owner may change the ways to sign in."""

    message = "Confirm that it is you."

    def __init__(self, field: str, message: str) -> None:
        super().__init__(details=[Detail(field, message)])


class SignInTooOld(Forbidden):
    """For users without a password to prove it with."""

    message = "Sign in again to do this."
