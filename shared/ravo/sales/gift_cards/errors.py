"""Why a gift card is refused."""

from ravo.platform.errors import Conflict, NotFound


class GiftCardNotFound(NotFound):
    message = "There is no such gift card."


class GiftCardUsedUp(Conflict):
    message = "A gift card has less on it than a moment ago; look at the cart again."
