"""Why a payment can't be started."""

from ravo.platform.errors import Conflict, Detail, Refusal, UpstreamUnavailable


class OrderNotPayable(Conflict):
    message = "This order is not waiting for a payment. Load it again to see where it stands."


class PaymentFailed(Refusal):
    status, code, message = 402, "PAYMENT_FAILED", "The payment was declined. Try another card."


class PaymentsUnavailable(UpstreamUnavailable):
    """The order is placed; the details name it, so that it can be paid later."""

    message = "The order is placed, but payments are unavailable right now. Try to pay again in a moment."

    @classmethod
    def of(cls, order_id: object, order_number: str) -> "PaymentsUnavailable":
        """Name the order that waits for its payment."""
        details = [Detail("orderId", str(order_id)), Detail("orderNumber", order_number)]
        return cls(details=details, retry_after=5)
