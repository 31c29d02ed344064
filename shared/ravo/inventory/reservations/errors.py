"""Why nothing is reserved."""

from ravo.platform.errors import Conflict, NotFound


class InsufficientStock(Conflict):
    """The details name each variant that there is too little of."""

    code, message = "INSUFFICIENT_STOCK", "There is not enough in stock."


class ReservationNotFound(NotFound):
    message = "There is no such reservation."
