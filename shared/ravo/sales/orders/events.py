"""What happens to orders."""

from typing import ClassVar
from uuid import UUID

from ravo.sales.events import SalesEvent


class OrderChanged(SalesEvent):
    """An order changed; its version is the one after the change. With `notify` false the customer gets no mail."""

    order_number: str
    notify: bool = True


class OrderPlaced(OrderChanged):
    type: ClassVar[str] = "order.placed"
    currency: str
    # Amounts as decimal text.
    total: str
    # What is still to be paid: zero where gift cards paid all of it.
    due: str
    pieces: dict[UUID, int]


class OrderPaid(OrderChanged):
    type: ClassVar[str] = "order.paid"
    pieces: dict[UUID, int]


class OrderProcessing(OrderChanged):
    type: ClassVar[str] = "order.processing"


class OrderPacked(OrderChanged):
    type: ClassVar[str] = "order.packed"


class OrderShipped(OrderChanged):
    type: ClassVar[str] = "order.shipped"


class OrderOutForDelivery(OrderChanged):
    type: ClassVar[str] = "order.out_for_delivery"


class OrderDelivered(OrderChanged):
    type: ClassVar[str] = "order.delivered"


class OrderCancelled(OrderChanged):
    """`reason` is `customer`, `staff`, `expired`, or `sold_out` when the payment came too late."""

    type: ClassVar[str] = "order.cancelled"
    reason: str


class OrderRefunded(OrderChanged):
    """Money went back; `is_whole` when nothing is left of what was paid."""

    type: ClassVar[str] = "order.refunded"
    currency: str
    amount: str
    is_whole: bool
