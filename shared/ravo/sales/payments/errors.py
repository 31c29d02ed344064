"""Why money can't go back."""

from ravo.platform.errors import Conflict


class RefundTooLarge(Conflict):
    message = "More than was paid and not refunded yet can't go back."
