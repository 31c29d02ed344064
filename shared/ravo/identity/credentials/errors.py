"""Why a current password is refused."""

from ravo.platform.errors import Conflict, Invalid


class WrongPassword(Invalid):
    """Not a 401: the caller is signed in and stays so."""

    message = "The current password is wrong."


class PasswordMissing(Conflict):
    """The account was opened through a sign-in provider, so there is no password to prove it with."""

    message = "This account has no password yet. Set one with a link from `POST /forgot-password`."
