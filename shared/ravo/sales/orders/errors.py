"""Why something can't be done with an order."""

from ravo.platform.errors import NotFound, Refusal


class OrderNotFound(NotFound):
    """The same for an order of somebody else's."""

    message = "There is no such order."


class InvalidTransition(Refusal):
    status, code, message = 409, "INVALID_TRANSITION", "The order can't go there from where it is."
