"""Why sales refuses."""

from ravo.platform.errors import Conflict, Detail, Invalid, NotFound, Refusal, UpstreamUnavailable


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


class CartIncomplete(Invalid):
    """The details name what is missing."""

    message = "The cart is not ready to be ordered."


class GuestsMayNotBuy(Conflict):
    """The details name the lines."""

    message = "Some of it is sold to signed-in customers alone."


class TotalChanged(Conflict):
    """The details say what changed."""

    message = "The price is another one now; look at the cart again."


class PromotionUsedUp(Conflict):
    """The details name the promotions."""

    message = "A promotion is used up; look at the cart again."


class GiftCardUsedUp(Conflict):
    message = "A gift card has less on it than a moment ago; look at the cart again."


class OrderNotFound(NotFound):
    """The same for an order of somebody else's."""

    message = "There is no such order."


class InvalidTransition(Refusal):
    status, code, message = 409, "INVALID_TRANSITION", "The order can't go there from where it is."


class OrderNotPayable(Conflict):
    message = "This order does not wait for a payment."


class PaymentFailed(Refusal):
    status, code, message = 402, "PAYMENT_FAILED", "The payment was declined."


class PaymentsUnavailable(UpstreamUnavailable):
    """The order stands; the details name it, so that it can be paid later."""

    message = "The order is placed, but payments can't be taken right now; try to pay it in a moment."

    @classmethod
    def of(cls, order_id: object, order_number: str) -> "PaymentsUnavailable":
        """Say which order waits for its payment."""
        details = [Detail("orderId", str(order_id)), Detail("orderNumber", order_number)]
        return cls(details=details, retry_after=5)


class RefundTooLarge(Conflict):
    message = "More than was paid and not refunded yet can't go back."


class OrderItemNotFound(NotFound):
    message = "The order has no such item."
