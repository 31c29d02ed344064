"""Placed orders as answers."""

from ravo.sales.checkout.schemas import CheckoutReply, PaymentStart
from ravo.sales.lifecycle.replies import totals_of
from ravo.sales.orders.queries import OrderRow
from ravo.sales.orders.transitions import Status


def checkout_of(order: OrderRow, payment: PaymentStart | None) -> CheckoutReply:
    """Return an order and how it is paid."""
    return CheckoutReply(
        order_id=order.id,
        order_number=order.order_number,
        status=Status(order.status),
        totals=totals_of(order),
        payable_until=order.payable_until,
        payment=payment,
    )
