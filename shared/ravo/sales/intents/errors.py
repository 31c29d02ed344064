"""Why a payment can't be asked for."""

from ravo.platform.errors import Conflict, Detail, Refusal, UpstreamUnavailable


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
