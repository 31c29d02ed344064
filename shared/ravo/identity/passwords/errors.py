"""Why a password is refused."""

from ravo.platform.errors import Invalid


class WeakPassword(Invalid):
    """A few guesses would find it; `details` name the field."""

    message = "This password is too easy to guess."
