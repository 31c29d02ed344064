"""Why a gift card is refused."""

from ravo.platform.errors import Conflict, NotFound


class GiftCardNotFound(NotFound):
    message = "There is no such gift card."


class GiftCardUsedUp(Conflict):
    message = "The balance of a gift card has changed. Check the cart before you order."
