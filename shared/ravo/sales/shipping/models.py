"""Shipping zones, their places and their rates."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed
from ravo.sales.models import Amount


class ShippingZone(Identified, Timed, Base):
    """Places that share their shipping rates."""

    __tablename__ = "shipping_zones"

    name: Mapped[str] = mapped_column(String(64), unique=True)
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    version: Mapped[int] = mapped_column(server_default="1")


class ShippingZoneRegion(Base):
    """A country of a zone, or with `region` a part of one. The country `*` is every place that no other zone names."""

    __tablename__ = "shipping_zone_regions"

    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    region: Mapped[str] = mapped_column(String(16), primary_key=True, server_default="")
    zone_id: Mapped[UUID] = mapped_column(ForeignKey("shipping_zones.id", ondelete="CASCADE"), index=True)


class ShippingRate(Identified, Timed, Base):
    """The price of shipping to a zone within a weight range; it is free from a subtotal of `free_from` on."""

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
