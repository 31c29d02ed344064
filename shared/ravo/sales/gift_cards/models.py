"""Gift cards, the carts that they pay for, and the ledger of their balances."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed, timestamp
from ravo.sales.carts.models import Cart
from ravo.sales.models import Amount
from ravo.sales.orders.models import Order


class GiftCard(Identified, Timed, Base):
    """Money paid in advance. Only the hash of its code is kept; `last_characters` helps people to distinguish cards."""

    __tablename__ = "gift_cards"
    __table_args__ = (CheckConstraint("balance >= 0", name="balance_not_negative"),)

    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    last_characters: Mapped[str] = mapped_column(String(4))
    currency: Mapped[str] = mapped_column(String(3))
    # The sum of its entries.
    balance: Mapped[Decimal] = mapped_column(Amount, server_default="0")
    expires_at: Mapped[datetime | None] = timestamp()
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    note: Mapped[str] = mapped_column(Text, server_default="")
    version: Mapped[int] = mapped_column(server_default="1")


class CartGiftCard(Base):
    """A gift card that pays for the cart."""

    __tablename__ = "cart_gift_cards"

    cart_id: Mapped[UUID] = mapped_column(ForeignKey(Cart.id, ondelete="CASCADE"), primary_key=True)
    gift_card_id: Mapped[UUID] = mapped_column(
        ForeignKey("gift_cards.id", ondelete="CASCADE"), primary_key=True, index=True
    )


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
    # What caused it, like `issue`, `order:…` or `refund:…`; the same cause changes a card only once.
    reference: Mapped[str] = mapped_column(String(80))
    actor_id: Mapped[UUID | None] = mapped_column()
    created_at: Mapped[datetime] = timestamp(server_default=text("now()"))
