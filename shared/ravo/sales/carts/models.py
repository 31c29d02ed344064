"""Carts: what a shopper means to buy, until it is an order."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ravo.catalog.models import ProductVariant
from ravo.identity.accounts.models import User
from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed
from ravo.sales.models import Amount
from ravo.sales.shipping.models import ShippingRate


class Cart(Identified, Timed, Base):
    """A cart of a guest, who knows its id, or of a customer, who has one open cart at most."""

    __tablename__ = "carts"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'ordered', 'merged')", name="status_known"),
        Index("uq_carts_open_of_user", "user_id", unique=True, postgresql_where=text("status = 'open'")),
        Index("ix_carts_user_id", "user_id"),
        Index("ix_carts_idle", "updated_at", postgresql_where=text("status = 'open'")),
        Index("ix_carts_merged", "updated_at", postgresql_where=text("status = 'merged'")),
        Index("ix_carts_email", func.lower(text("email")), postgresql_where=text("email IS NOT NULL")),
    )

    user_id: Mapped[UUID | None] = mapped_column(ForeignKey(User.id, ondelete="SET NULL"))
    status: Mapped[str] = mapped_column(String(16), server_default="open")
    currency: Mapped[str] = mapped_column(String(3))
    locale: Mapped[str] = mapped_column(String(12), server_default="en")
    email: Mapped[str | None] = mapped_column(String(254))
    shipping_address: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    billing_address: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    shipping_rate_id: Mapped[UUID | None] = mapped_column(ForeignKey(ShippingRate.id, ondelete="SET NULL"), index=True)
    version: Mapped[int] = mapped_column(server_default="1")


class CartLine(Identified, Timed, Base):
    """Units of a variant. `seen_price` is the price of one when the shopper put it in or last changed it."""

    __tablename__ = "cart_lines"
    __table_args__ = (
        UniqueConstraint("cart_id", "variant_id", name="uq_cart_lines_variant"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    cart_id: Mapped[UUID] = mapped_column(ForeignKey("carts.id", ondelete="CASCADE"))
    variant_id: Mapped[UUID] = mapped_column(ForeignKey(ProductVariant.id), index=True)
    quantity: Mapped[int]
    seen_price: Mapped[Decimal] = mapped_column(Amount)
