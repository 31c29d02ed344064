"""Why a cart can't become an order."""

from ravo.platform.errors import Conflict, Invalid


class CartIncomplete(Invalid):
    """The details name what is missing."""

    message = "The cart is not ready to be ordered. Complete what the details name."


class GuestsMayNotBuy(Conflict):
    """The details name the lines."""

    message = "Some items are only sold to signed-in customers. Sign in to continue."


class TotalChanged(Conflict):
    """The details say what changed."""

    message = "The price has changed. Check the cart before you order."
