"""Why inventory refuses."""

from ravo.platform.errors import Conflict, Invalid, NotFound


class InsufficientStock(Conflict):
    """The details name each variant that there is too little of."""

    code, message = "INSUFFICIENT_STOCK", "There is not enough in stock."


class StockHeld(Conflict):
    message = "More of it is reserved than would be left."


class LocationNotFound(NotFound):
    message = "There is no such location."


class LocationCodeTaken(Conflict):
    message = "This code is in use."


class ReservationNotFound(NotFound):
    message = "There is no such reservation."


class UnknownVariant(Invalid):
    message = "The request names a variant that is not sold."
