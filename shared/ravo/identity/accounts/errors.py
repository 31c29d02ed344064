"""Why an account's owner is refused."""

from ravo.platform.errors import Conflict, Forbidden, Invalid


class LinkUnusable(Invalid):
    """The same for a token that is unknown, used, too old, replaced, or of an account that it is not for any more."""

    message = "This link was used, is too old, or was replaced by a newer one. Ask for another."


class WrongPassword(Invalid):
    """Not a 401: whoever asks is signed in and stays so."""

    message = "The current password is wrong."


class PasswordMissing(Conflict):
    """The account was opened by another provider, and has nothing to prove oneself with here."""

    message = "This account has no password yet. Set one with a link from `POST /forgot-password`."


class SignInTooOld(Forbidden):
    message = "Sign in again to do this: your sign-in is older than five minutes."


class TooManyAddresses(Conflict):
    message = "An account keeps 20 addresses at most."
