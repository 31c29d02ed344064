"""Why units can't be reserved."""

from ravo.platform.errors import Conflict, NotFound


class InsufficientStock(Conflict):
    """The details name each variant of which there are too few units."""

    code, message = "INSUFFICIENT_STOCK", "There is not enough in stock."


class ReservationNotFound(NotFound):
    message = "There is no such reservation."
