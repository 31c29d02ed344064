"""Why a refund is refused."""

from ravo.platform.errors import NotFound


class OrderItemNotFound(NotFound):
    message = "The order has no such item."
