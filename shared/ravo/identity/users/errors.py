"""Why staff can't change an account."""

from ravo.platform.errors import NotFound


class UserNotFound(NotFound):
    message = "There is no such user."
