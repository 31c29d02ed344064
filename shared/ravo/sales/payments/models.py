"""Money for orders: what was requested, what came, and what went back."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed, timestamp
from ravo.sales.models import Amount
from ravo.sales.orders.models import Order, OrderItem


class Payment(Identified, Timed, Base):
    """One way in which an order is paid. `intent_id` is the provider's id for it, or a gift card's id."""

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("provider IN ('stripe', 'gift_card')", name="provider_known"),
        CheckConstraint(
            "status IN ('pending', 'requires_action', 'succeeded', 'failed', 'cancelled')", name="status_known"
        ),
        CheckConstraint("amount > 0", name="amount_positive"),
        UniqueConstraint("provider", "intent_id", "order_id", name="uq_payments_intent"),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey(Order.id), index=True)
    provider: Mapped[str] = mapped_column(String(16))
    intent_id: Mapped[str] = mapped_column(String(120))
    status: Mapped[str] = mapped_column(String(16), server_default="pending")
    amount: Mapped[Decimal] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3))
    # Why the provider declined, in its own code.
    failure: Mapped[str | None] = mapped_column(String(64))


class PaymentEntry(Identified, Base):
    """Money that came (`charge`) or went back (`refund`); the database lets nobody change or delete it."""

    __tablename__ = "payment_entries"
    __table_args__ = (
        CheckConstraint("kind IN ('charge', 'refund')", name="kind_known"),
        CheckConstraint("amount > 0", name="amount_positive"),
        UniqueConstraint("payment_id", "reference", name="uq_payment_entries_reference"),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey(Order.id), index=True)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"))
    kind: Mapped[str] = mapped_column(String(8))
    amount: Mapped[Decimal] = mapped_column(Amount)
    # `charge`, or `refund:…`; the same cause is booked only once.
    reference: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = timestamp(server_default=text("now()"))


class Refund(Identified, Timed, Base):
    """Money that goes back the way it came. `status` is `requested`, `succeeded` or `failed`."""

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("status IN ('requested', 'succeeded', 'failed')", name="status_known"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey(Order.id), index=True)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(Text, server_default="")
    status: Mapped[str] = mapped_column(String(16), server_default="requested")
    provider_id: Mapped[str | None] = mapped_column(String(120))
    failure: Mapped[str | None] = mapped_column(String(64))
    # None for what the system does by itself.
    actor_id: Mapped[UUID | None] = mapped_column()
    version: Mapped[int] = mapped_column(server_default="1")


class RefundItem(Base):
    """Units that a refund is for."""

    __tablename__ = "refund_items"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    refund_id: Mapped[UUID] = mapped_column(ForeignKey("refunds.id"), primary_key=True)
    order_item_id: Mapped[UUID] = mapped_column(ForeignKey(OrderItem.id), primary_key=True, index=True)
    quantity: Mapped[int]
    restocked: Mapped[bool] = mapped_column(server_default=text("false"))
