"""Differences between a provider's books and ours."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed, timestamp
from ravo.sales.models import Amount
from ravo.sales.orders.models import Order


class PaymentDiscrepancy(Identified, Timed, Base):
    """Where a provider's books and ours differ and people must decide. At most one is open for each kind and intent."""

    __tablename__ = "payment_discrepancies"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('money_without_order', 'order_without_money', 'amount_differs', 'refund_differs')",
            name="kind_known",
        ),
        Index(
            "uq_payment_discrepancies_open",
            "provider",
            "intent_id",
            "kind",
            unique=True,
            postgresql_where=text("resolved_at IS NULL"),
        ),
        Index("ix_payment_discrepancies_order_id", "order_id"),
    )

    kind: Mapped[str] = mapped_column(String(24))
    provider: Mapped[str] = mapped_column(String(16))
    intent_id: Mapped[str] = mapped_column(String(120))
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey(Order.id))
    expected: Mapped[Decimal | None] = mapped_column(Amount)
    actual: Mapped[Decimal | None] = mapped_column(Amount)
    currency: Mapped[str] = mapped_column(String(3))
    resolved_at: Mapped[datetime | None] = timestamp()
