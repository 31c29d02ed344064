"""Why a request about personal data is refused."""

from ravo.platform.errors import Conflict, Forbidden, NotFound


class AlreadyAsked(Conflict):
    """One copy a day is enough for anyone."""

    message = "You asked for a copy in the last day. It comes by mail."


class NobodyKnown(NotFound):
    message = "There is no account with this id."


class CopyGone(NotFound):
    """The same for a link that never existed and for one that has expired."""

    message = "This link is no longer good. Ask for another copy."


class SignInTooOld(Forbidden):
    message = "Sign in again to do this: your sign-in is older than five minutes."
