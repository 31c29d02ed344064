"""Why identity refuses."""

from ravo.platform.errors import Conflict, Invalid, Unauthenticated


class EmailTaken(Conflict):
    """Told plainly at registration: whoever owns the mail should sign in instead."""

    message = "There is an account with this mail address already."


class OwnerExists(Conflict):
    message = "The shop has an owner, who can make others."


class LastOwner(Conflict):
    """Nobody would be left who can do everything, and nobody could make such a one."""

    message = "The shop would be left without a super admin who can sign in; make another one first."


class WeakPassword(Invalid):
    """Few guesses would find it; `details` name the field."""

    message = "This password is too easy to guess."


class WrongCredentials(Unauthenticated):
    """The same for an unknown mail and a wrong password."""

    message = "Mail address or password is wrong."


class SessionEnded(Unauthenticated):
    """The refresh token is unknown, expired, revoked, or was used before."""

    message = "The session has ended; sign in again."
