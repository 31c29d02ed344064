"""Why an order can't be found or changed."""

from ravo.platform.errors import NotFound, Refusal


class OrderNotFound(NotFound):
    """The same for another customer's order."""

    message = "There is no such order."


class InvalidTransition(Refusal):
    status, code, message = (
        409,
        "INVALID_TRANSITION",
        "The order can't change to this status. Load it again to see where it stands.",
    )
