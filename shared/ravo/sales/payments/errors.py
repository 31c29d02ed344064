"""Why money can't go back."""

from ravo.platform.errors import Conflict


class RefundTooLarge(Conflict):
    message = "This is more than can still be refunded. Enter a smaller amount."
