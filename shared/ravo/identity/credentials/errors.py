"""Why a current password is refused."""

from ravo.platform.errors import Conflict, Invalid


class WrongPassword(Invalid):
    """Not a 401: whoever asks is signed in and stays so."""

    message = "The current password is wrong."


class PasswordMissing(Conflict):
    """The account was opened by another provider, and has nothing to prove oneself with here."""

    message = "This account has no password yet. Set one with a link from `POST /forgot-password`."
