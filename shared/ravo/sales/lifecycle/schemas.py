"""What customers and staff send and see of orders."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from ravo.platform.addresses import AddressReply
from ravo.platform.schemas import Input, Money, Reply
from ravo.sales.orders.transitions import Status
from ravo.sales.payments.schemas import PaymentReply, RefundReply
from ravo.sales.schemas import Note

type OrderMetadata = Annotated[dict[Annotated[str, StringConstraints(max_length=64)], str], Field(max_length=20)]


class StatusChange(Input):
    """An order's next status. `trackingNumber`, `carrier` and `estimatedDelivery` are for `shipped`."""

    status: Literal["processing", "packed", "shipped", "out_for_delivery", "delivered", "cancelled"]
    tracking_number: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9 -]{1,64}$")] | None = None
    carrier: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,32}$")] | None = None
    estimated_delivery: AwareDatetime | None = None
    note: Note = ""
    notify: bool = True
    metadata: OrderMetadata = Field(default_factory=dict)


class NoteInput(Input):
    note: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class StatusReply(Reply):
    """A status in the customer's words."""

    title: str
    description: str


class OrderItemReply(Reply):
    """A line, with the product as it was when it was ordered."""

    id: UUID
    variant_id: UUID
    sku: str
    name: str
    quantity: int
    # As it was shown.
    unit_price: Money
    # The price of the line, with tax and discount.
    total: Money
    product: dict[str, Any]


class OrderTotals(Reply):
    """total = subtotal + tax + shipping - discount; subtotal, shipping and discount are net. Gift cards leave `due`."""

    subtotal: Money
    discount: Money
    shipping: Money
    tax: Money
    total: Money
    gift_cards: Money
    due: Money


class TrackingReply(Reply):
    """A station on the way."""

    status: str
    description: str
    location: str
    occurred_at: datetime


class OrderSummary(Reply):
    """An order in a list."""

    id: UUID
    order_number: str
    status: Status
    status_text: StatusReply
    total: Money
    placed_at: datetime


class OrderReply(OrderSummary):
    """An order as its customer sees it."""

    items: list[OrderItemReply]
    totals: OrderTotals
    shipping_address: AddressReply
    billing_address: AddressReply
    shipping_method: str
    carrier: str | None
    tracking_number: str | None
    estimated_delivery: datetime | None
    actual_delivery: datetime | None
    tracking: list[TrackingReply]
    # Until when it may be paid; null once it no longer waits for a payment.
    payable_until: datetime | None
    paid_at: datetime | None


class TrackedOrder(Reply):
    """An order for anyone who knows its number and mail address: where it is, but not where it goes."""

    order_number: str
    status: Status
    status_text: StatusReply
    carrier: str | None
    tracking_number: str | None
    estimated_delivery: datetime | None
    tracking: list[TrackingReply]


class TimelineReply(Reply):
    """Something that happened to an order, and by whom."""

    kind: str
    from_status: str | None
    to_status: str | None
    source: str
    actor_id: UUID | None
    note: str
    details: dict[str, Any]
    created_at: datetime


class AdminOrderSummary(OrderSummary):
    """An order in the list of staff."""

    email: str
    user_id: UUID | None

    @classmethod
    def of(cls, order: OrderSummary, *, email: str, user_id: UUID | None) -> Self:
        """Add to an order in a list the fields that only staff see."""
        return cls.model_validate({**dict(order), "email": email, "user_id": user_id})


class AdminOrder(OrderReply):
    """An order as staff see it, with its timeline and its money."""

    email: str
    user_id: UUID | None
    locale: str
    version: int
    timeline: list[TimelineReply]
    payments: list[PaymentReply]
    refunds: list[RefundReply]
    charged: Money
    refunded: Money
