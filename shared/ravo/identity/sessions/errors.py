"""Why a sign-in or a session is refused."""

from ravo.platform.errors import Unauthenticated


class WrongCredentials(Unauthenticated):
    """The same for an unknown mail and a wrong password."""

    message = "Mail address or password is wrong."


class SessionEnded(Unauthenticated):
    """The refresh token is unknown, expired, revoked, or was used before."""

    message = "Your session has ended. Sign in again."


class ChallengeEnded(Unauthenticated):
    message = "The sign-in took too long. Start it again."
