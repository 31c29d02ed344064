"""Why a cart can't become an order."""

from ravo.platform.errors import Conflict, Invalid


class CartIncomplete(Invalid):
    """The details name what is missing."""

    message = "The cart is not ready to be ordered."


class GuestsMayNotBuy(Conflict):
    """The details name the lines."""

    message = "Some of it is sold to signed-in customers alone."


class TotalChanged(Conflict):
    """The details say what changed."""

    message = "The price is another one now; look at the cart again."
