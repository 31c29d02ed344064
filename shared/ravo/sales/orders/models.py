"""Orders: what was bought, at what price, and all that happened to it."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ravo.catalog.models import ProductVariant
from ravo.identity.accounts.models import User
from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed, timestamp
from ravo.sales.carts.models import Cart
from ravo.sales.models import Amount

STATUSES = (
    "'pending_payment', 'payment_confirmed', 'processing', 'packed', 'shipped', 'out_for_delivery', 'delivered',"
    " 'cancelled', 'refunded'"
)


class Order(Identified, Timed, Base):
    """One purchase. Its sums are without tax, so total = subtotal + tax + shipping - discount holds to the cent."""

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(f"status IN ({STATUSES})", name="status_known"),
        CheckConstraint("total_amount = subtotal + tax_amount + shipping_amount - discount_amount", name="sums_add_up"),
        CheckConstraint(
            "subtotal >= 0 AND tax_amount >= 0 AND shipping_amount >= 0 AND discount_amount >= 0 AND total_amount >= 0",
            name="sums_not_negative",
        ),
        CheckConstraint("gift_card_amount BETWEEN 0 AND total_amount", name="gift_cards_within_total"),
        Index("ix_orders_user_id", "user_id", "id"),
        Index("ix_orders_email", func.lower(text("email")), "id"),
        # Guest orders, to be given to the account that proves their mail address.
        Index("ix_orders_guests", func.lower(text("email")), "id", postgresql_where=text("user_id IS NULL")),
        Index("ix_orders_status", "status", "id"),
        Index("ix_orders_created_at", "created_at"),
        Index("ix_orders_number_prefix", "order_number", postgresql_ops={"order_number": "varchar_pattern_ops"}),
        Index("ix_orders_erase_when_ended", "id", postgresql_where=text("erase_when_ended")),
        Index("ix_orders_unpaid", "expires_at", postgresql_where=text("status = 'pending_payment'")),
    )

    order_number: Mapped[str] = mapped_column(String(16), unique=True)
    cart_id: Mapped[UUID] = mapped_column(ForeignKey(Cart.id), unique=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"))
    email: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(20), server_default="pending_payment")
    currency: Mapped[str] = mapped_column(String(3))
    subtotal: Mapped[Decimal] = mapped_column(Amount)
    tax_amount: Mapped[Decimal] = mapped_column(Amount)
    shipping_amount: Mapped[Decimal] = mapped_column(Amount)
    discount_amount: Mapped[Decimal] = mapped_column(Amount)
    total_amount: Mapped[Decimal] = mapped_column(Amount)
    # The part of the total that gift cards pay; the rest is charged.
    gift_card_amount: Mapped[Decimal] = mapped_column(Amount, server_default="0")
    shipping_address: Mapped[dict[str, Any]] = mapped_column(JSONB)
    billing_address: Mapped[dict[str, Any]] = mapped_column(JSONB)
    shipping_method: Mapped[str] = mapped_column(String(64))
    carrier: Mapped[str | None] = mapped_column(String(32))
    tracking_number: Mapped[str | None] = mapped_column(String(64))
    estimated_delivery: Mapped[datetime | None] = timestamp()
    actual_delivery: Mapped[datetime | None] = timestamp()
    current_location: Mapped[str | None] = mapped_column(String(255))
    # Until when it may be unpaid.
    expires_at: Mapped[datetime] = timestamp()
    paid_at: Mapped[datetime | None] = timestamp()
    # Its customer asked to be erased while it was under way.
    erase_when_ended: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default="1")


class OrderItem(Identified, Base):
    """A line of an order, with the product as it was.

    `unit_price` is as it was shown; `total_price` is what the line costs, with tax and discount.
    """

    __tablename__ = "order_items"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    variant_id: Mapped[UUID] = mapped_column(ForeignKey(ProductVariant.id), index=True)
    position: Mapped[int]
    sku: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(255))
    quantity: Mapped[int]
    unit_price: Mapped[Decimal] = mapped_column(Amount)
    net_amount: Mapped[Decimal] = mapped_column(Amount)
    discount_amount: Mapped[Decimal] = mapped_column(Amount)
    tax_amount: Mapped[Decimal] = mapped_column(Amount)
    tax_rate: Mapped[Decimal] = mapped_column(Numeric(7, 6))
    total_price: Mapped[Decimal] = mapped_column(Amount)
    product_snapshot: Mapped[dict[str, Any]] = mapped_column(JSONB)


class OrderEvent(Identified, Base):
    """What happened to an order, and by whom; the database lets nobody change or delete it."""

    __tablename__ = "order_events"
    __table_args__ = (
        CheckConstraint("source IN ('customer', 'staff', 'payment', 'carrier', 'system')", name="source_known"),
        Index("ix_order_events_order_id", "order_id", "id"),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    kind: Mapped[str] = mapped_column(String(32))
    from_status: Mapped[str | None] = mapped_column(String(20))
    to_status: Mapped[str | None] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[UUID | None] = mapped_column()
    note: Mapped[str] = mapped_column(Text, server_default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    created_at: Mapped[datetime] = timestamp(server_default=text("clock_timestamp()"))


class TrackingEvent(Identified, Base):
    """A station on the way to the customer; a carrier's own event is stored once."""

    __tablename__ = "tracking_events"
    __table_args__ = (
        UniqueConstraint("order_id", "carrier_event_id", name="uq_tracking_events_carrier_event"),
        Index("ix_tracking_events_order_id", "order_id", "occurred_at"),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    status: Mapped[str] = mapped_column(String(20))
    location: Mapped[str] = mapped_column(String(255), server_default="")
    # A carrier's own text; our texts are chosen in the reader's language when they are read.
    description: Mapped[str] = mapped_column(Text, server_default="")
    occurred_at: Mapped[datetime] = timestamp()
    carrier_event_id: Mapped[str | None] = mapped_column(String(120))
    carrier_data: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    created_at: Mapped[datetime] = timestamp(server_default=text("now()"))
