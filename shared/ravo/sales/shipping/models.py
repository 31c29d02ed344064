"""What prices are made with wherever goods go: taxes and shipping."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed

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
