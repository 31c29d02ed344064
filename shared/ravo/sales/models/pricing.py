"""What prices are made with: taxes, shipping, promotions, gift cards."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Numeric, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.catalog.models import Category, Product
from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed, timestamp

# Room for any sum, and for the three decimals that a few currencies have.
Amount = Numeric(14, 4)


class TaxRate(Identified, Timed, Base):
    """The tax on a class of goods where they go. An empty `region` is the whole country; `prices_include` says that prices shown there hold the tax."""

    __tablename__ = "tax_rates"
    __table_args__ = (
        UniqueConstraint("country", "region", "tax_class", name="uq_tax_rates_place_class"),
        CheckConstraint("rate >= 0 AND rate <= 1", name="rate_is_a_share"),
    )

    country: Mapped[str] = mapped_column(String(2))
    region: Mapped[str] = mapped_column(String(16), server_default="")
    tax_class: Mapped[str] = mapped_column(String(64), server_default="standard")
    name: Mapped[str] = mapped_column(String(64))
    # A share: 0.19 is nineteen percent.
    rate: Mapped[Decimal] = mapped_column(Numeric(7, 6))
    prices_include: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default="1")


class ShippingZone(Identified, Timed, Base):
    """Places that are shipped to at the same rates."""

    __tablename__ = "shipping_zones"

    name: Mapped[str] = mapped_column(String(64), unique=True)
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    version: Mapped[int] = mapped_column(server_default="1")


class ShippingZoneRegion(Base):
    """A country, or with `region` a part of one, that belongs to a zone. The country `*` is every place that no other zone names."""

    __tablename__ = "shipping_zone_regions"

    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    region: Mapped[str] = mapped_column(String(16), primary_key=True, server_default="")
    zone_id: Mapped[UUID] = mapped_column(ForeignKey("shipping_zones.id", ondelete="CASCADE"), index=True)


class ShippingRate(Identified, Timed, Base):
    """What shipping to a zone costs within a span of weight; nothing from a subtotal of `free_from` on."""

    __tablename__ = "shipping_rates"
    __table_args__ = (
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("max_weight_grams IS NULL OR max_weight_grams >= min_weight_grams", name="weights_in_order"),
        CheckConstraint("max_days >= min_days AND min_days >= 0", name="days_in_order"),
        Index("ix_shipping_rates_zone_id", "zone_id", "currency"),
    )

    zone_id: Mapped[UUID] = mapped_column(ForeignKey("shipping_zones.id"))
    name: Mapped[str] = mapped_column(String(64))
    carrier: Mapped[str] = mapped_column(String(32), server_default="")
    currency: Mapped[str] = mapped_column(String(3))
    price: Mapped[Decimal] = mapped_column(Amount)
    free_from: Mapped[Decimal | None] = mapped_column(Amount)
    min_weight_grams: Mapped[int] = mapped_column(server_default="0")
    max_weight_grams: Mapped[int | None]
    min_days: Mapped[int]
    max_days: Mapped[int]
    position: Mapped[int] = mapped_column(server_default="0")
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    version: Mapped[int] = mapped_column(server_default="1")


class Promotion(Identified, Timed, Base):
    """A rule that takes something off: by itself, or for whoever names its `code`.

    `kind` is `percent` (`value` of a hundred), `fixed` (`value` in `currency`), `buy_x_get_y` (of `buy_quantity` +
    `get_quantity` pieces the cheapest `get_quantity` are free) or `free_shipping`. Without products and categories it
    means all goods. One that is not `stackable` is taken alone, if it saves more than the others together.
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

    # In capitals, as it is compared.
    code: Mapped[str | None] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[Decimal] = mapped_column(Amount, server_default="0")
    currency: Mapped[str | None] = mapped_column(String(3))
    buy_quantity: Mapped[int | None]
    get_quantity: Mapped[int | None]
    # Both in the currency of the promotion; without one they hold in no other than the cart's own numbers.
    min_subtotal: Mapped[Decimal | None] = mapped_column(Amount)
    min_quantity: Mapped[int | None]
    max_uses: Mapped[int | None]
    max_uses_per_customer: Mapped[int | None]
    uses: Mapped[int] = mapped_column(server_default="0")
    # Otherwise it is for those that it names, and for none once all of them are deleted.
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
    """A promotion means a product."""

    __tablename__ = "promotion_products"

    promotion_id: Mapped[UUID] = mapped_column(ForeignKey("promotions.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey(Product.id, ondelete="CASCADE"), primary_key=True, index=True)


class PromotionCategory(Base):
    """A promotion means a category and all below it."""

    __tablename__ = "promotion_categories"

    promotion_id: Mapped[UUID] = mapped_column(ForeignKey("promotions.id", ondelete="CASCADE"), primary_key=True)
    category_id: Mapped[UUID] = mapped_column(ForeignKey(Category.id, ondelete="CASCADE"), primary_key=True, index=True)


class PromotionUse(Timed, Base):
    """An order had a promotion. `customer` is who counts as the same one: a user's id, or a mail address in lower case. Given back, it counts no more."""

    __tablename__ = "promotion_uses"
    __table_args__ = (Index("ix_promotion_uses_customer", "promotion_id", "customer"),)

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    promotion_id: Mapped[UUID] = mapped_column(ForeignKey("promotions.id"), primary_key=True)
    customer: Mapped[str] = mapped_column(String(254))
    amount: Mapped[Decimal] = mapped_column(Amount)
    given_back_at: Mapped[datetime | None] = timestamp()


class GiftCard(Identified, Timed, Base):
    """Money that someone paid before. Its code is known by its hash alone; `last_characters` help people to tell cards apart."""

    __tablename__ = "gift_cards"
    __table_args__ = (CheckConstraint("balance >= 0", name="balance_not_negative"),)

    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    last_characters: Mapped[str] = mapped_column(String(4))
    currency: Mapped[str] = mapped_column(String(3))
    # What its entries sum up to.
    balance: Mapped[Decimal] = mapped_column(Amount, server_default="0")
    expires_at: Mapped[datetime | None] = timestamp()
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    note: Mapped[str] = mapped_column(Text, server_default="")
    version: Mapped[int] = mapped_column(server_default="1")


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

    gift_card_id: Mapped[UUID] = mapped_column(ForeignKey("gift_cards.id"))
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id"), index=True)
    delta: Mapped[Decimal] = mapped_column(Amount)
    reason: Mapped[str] = mapped_column(String(16))
    # What caused it, like `issue`, `order:…` or `refund:…`; the same cause changes a card once.
    reference: Mapped[str] = mapped_column(String(80))
    actor_id: Mapped[UUID | None] = mapped_column()
    created_at: Mapped[datetime] = timestamp(server_default=text("now()"))
