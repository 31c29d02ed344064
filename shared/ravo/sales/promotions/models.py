"""Promotions, what they apply to, which carts have entered their code, and which orders used them."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.catalog.categories.models import Category
from ravo.catalog.models import Product
from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed, timestamp
from ravo.sales.carts.models import Cart
from ravo.sales.models import Amount
from ravo.sales.orders.models import Order


class Promotion(Identified, Timed, Base):
    """A rule that takes something off: for everyone, or for shoppers who enter its `code`.

    `kind` is `percent` (`value` of a hundred), `fixed` (`value` in `currency`), `buy_x_get_y` (of `buy_quantity` +
    `get_quantity` units the cheapest `get_quantity` are free) or `free_shipping`. Without products and categories it
    applies to all products. One that is not `stackable` is used by itself, if it saves more than the others together.
    """

    __tablename__ = "promotions"
    __table_args__ = (
        Index("uq_promotions_code", "code", unique=True, postgresql_where=text("deleted_at IS NULL")),
        Index(
            "ix_promotions_automatic", "id", postgresql_where=text("code IS NULL AND is_active AND deleted_at IS NULL")
        ),
        CheckConstraint("kind IN ('percent', 'fixed', 'buy_x_get_y', 'free_shipping')", name="kind_known"),
        CheckConstraint("value >= 0 AND (kind <> 'percent' OR value <= 100)", name="value_in_bounds"),
        CheckConstraint("kind <> 'fixed' OR currency IS NOT NULL", name="fixed_has_currency"),
        CheckConstraint("kind <> 'buy_x_get_y' OR (buy_quantity > 0 AND get_quantity > 0)", name="quantities_positive"),
        CheckConstraint("max_uses IS NULL OR uses <= max_uses", name="uses_within_limit"),
    )

    # In upper case, as codes are compared.
    code: Mapped[str | None] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[Decimal] = mapped_column(Amount, server_default="0")
    currency: Mapped[str | None] = mapped_column(String(3))
    buy_quantity: Mapped[int | None]
    get_quantity: Mapped[int | None]
    # Both in the currency of the promotion; without a currency they are compared with the cart's own numbers.
    min_subtotal: Mapped[Decimal | None] = mapped_column(Amount)
    min_quantity: Mapped[int | None]
    max_uses: Mapped[int | None]
    max_uses_per_customer: Mapped[int | None]
    uses: Mapped[int] = mapped_column(server_default="0")
    # Otherwise it applies to those that it names, and to none once all of them are deleted.
    for_all_goods: Mapped[bool] = mapped_column(server_default=text("true"))
    stackable: Mapped[bool] = mapped_column(server_default=text("true"))
    # The lowest first.
    priority: Mapped[int] = mapped_column(server_default="0")
    starts_at: Mapped[datetime | None] = timestamp()
    ends_at: Mapped[datetime | None] = timestamp()
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    deleted_at: Mapped[datetime | None] = timestamp()
    version: Mapped[int] = mapped_column(server_default="1")


class PromotionProduct(Base):
    """A promotion applies to a product."""

    __tablename__ = "promotion_products"

    promotion_id: Mapped[UUID] = mapped_column(ForeignKey("promotions.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey(Product.id, ondelete="CASCADE"), primary_key=True, index=True)


class PromotionCategory(Base):
    """A promotion applies to a category and all below it."""

    __tablename__ = "promotion_categories"

    promotion_id: Mapped[UUID] = mapped_column(ForeignKey("promotions.id", ondelete="CASCADE"), primary_key=True)
    category_id: Mapped[UUID] = mapped_column(ForeignKey(Category.id, ondelete="CASCADE"), primary_key=True, index=True)


class CartPromotion(Base):
    """A code that the shopper entered for a promotion."""

    __tablename__ = "cart_promotions"

    cart_id: Mapped[UUID] = mapped_column(ForeignKey(Cart.id, ondelete="CASCADE"), primary_key=True)
    promotion_id: Mapped[UUID] = mapped_column(
        ForeignKey("promotions.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class PromotionUse(Timed, Base):
    """An order used a promotion. `customer` is a user's id, or a mail address in lower case.

    Once given back, the use no longer counts.
    """

    __tablename__ = "promotion_uses"
    __table_args__ = (Index("ix_promotion_uses_customer", "promotion_id", "customer"),)

    order_id: Mapped[UUID] = mapped_column(ForeignKey(Order.id), primary_key=True)
    promotion_id: Mapped[UUID] = mapped_column(ForeignKey("promotions.id"), primary_key=True)
    customer: Mapped[str] = mapped_column(String(254))
    amount: Mapped[Decimal] = mapped_column(Amount)
    given_back_at: Mapped[datetime | None] = timestamp()
