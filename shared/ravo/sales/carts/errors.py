"""Why a cart is refused."""

from ravo.platform.errors import Conflict, Invalid, NotFound


class CartNotFound(NotFound):
    message = "There is no such cart."


class CartClosed(Conflict):
    message = "This cart is an order already, or part of another cart."


class CartLineNotFound(NotFound):
    message = "There is no such line in the cart."


class VariantNotSold(Invalid):
    message = "This is not sold."


class OtherCurrency(Invalid):
    message = "The cart is in another currency."


class CartFull(Invalid):
    message = "A cart has at most 100 lines."


class TooManyPieces(Invalid):
    message = "A line has at most 99 pieces."


class CodeNotFound(NotFound):
    """The same for a code that never was and for one whose time is over: who tries codes learns nothing."""

    message = "This code is not known, or no longer."


class ShippingRateUnfit(Invalid):
    message = "This cart can't be sent this way; look at its shipping options."
