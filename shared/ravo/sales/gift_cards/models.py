"""What orders took of promotions and gift cards."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed, timestamp
from ravo.sales.orders.models import Order
from ravo.sales.promotions.models import GiftCard, Promotion
from ravo.sales.shipping.models import Amount


class PromotionUse(Timed, Base):
    """An order had a promotion. `customer` is who counts as the same one: a user's id, or a mail address in lower case. Given back, it counts no more."""

    __tablename__ = "promotion_uses"
    __table_args__ = (Index("ix_promotion_uses_customer", "promotion_id", "customer"),)

    order_id: Mapped[UUID] = mapped_column(ForeignKey(Order.id), primary_key=True)
    promotion_id: Mapped[UUID] = mapped_column(ForeignKey(Promotion.id), primary_key=True)
    customer: Mapped[str] = mapped_column(String(254))
    amount: Mapped[Decimal] = mapped_column(Amount)
    given_back_at: Mapped[datetime | None] = timestamp()


class GiftCardEntry(Identified, Base):
    """One change of a card's balance; the database lets nobody change or delete it."""

    __tablename__ = "gift_card_entries"
    __table_args__ = (
        CheckConstraint("delta <> 0", name="delta_not_zero"),
        CheckConstraint(
            "reason IN ('issued', 'redeemed', 'given_back', 'refunded', 'correction')", name="reason_known"
        ),
        UniqueConstraint("gift_card_id", "reference", name="uq_gift_card_entries_reference"),
    )

    gift_card_id: Mapped[UUID] = mapped_column(ForeignKey(GiftCard.id))
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey(Order.id), index=True)
    delta: Mapped[Decimal] = mapped_column(Amount)
    reason: Mapped[str] = mapped_column(String(16))
    # What caused it, like `issue`, `order:…` or `refund:…`; the same cause changes a card once.
    reference: Mapped[str] = mapped_column(String(80))
    actor_id: Mapped[UUID | None] = mapped_column()
    created_at: Mapped[datetime] = timestamp(server_default=text("now()"))
