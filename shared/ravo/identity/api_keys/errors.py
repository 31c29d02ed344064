"""Why a machine's key is refused."""

from ravo.platform.errors import NotFound, Unauthenticated


class KeyNotFound(NotFound):
    message = "There is no such key."


class WrongKey(Unauthenticated):
    """The same for a key that is unknown, expired or revoked."""

    message = "The key is invalid, expired or revoked."
