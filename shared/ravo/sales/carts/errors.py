"""Why a cart is refused."""

from ravo.platform.errors import Conflict, Invalid, NotFound


class CartNotFound(NotFound):
    message = "There is no such cart."


class CartClosed(Conflict):
    message = "This cart was ordered or merged into another one. Start a new cart."


class CartLineNotFound(NotFound):
    message = "The cart has no such line. Load the cart again."


class VariantNotSold(Invalid):
    message = "This product is not for sale. Choose another one."


class OtherCurrency(Invalid):
    message = "The cart is in another currency. Use a separate cart for each currency."


class CartFull(Invalid):
    message = "A cart holds at most 100 lines. Remove one first."


class TooManyUnits(Invalid):
    message = "A line holds at most 99 units. Choose a smaller quantity."


class CodeNotFound(NotFound):
    """The same for an unknown code and an expired one, so that guessing codes reveals nothing."""

    message = "This code is unknown or has expired. Check it and try again."


class ShippingRateUnfit(Invalid):
    message = "This shipping rate does not fit the cart. Choose one of its shipping options."
