"""Alerts about low stock."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.catalog.models import ProductVariant
from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed, timestamp


class StockAlert(Identified, Timed, Base):
    """A variant whose stock is low, until `resolved_at`.

    A variant has one open alert at most; `event_id` is the `stock.low` that opened it.
    """

    __tablename__ = "stock_alerts"
    __table_args__ = (
        Index("uq_stock_alerts_open", "variant_id", unique=True, postgresql_where=text("resolved_at IS NULL")),
        Index("ix_stock_alerts_variant_id", "variant_id", "raised_at"),
        Index("ix_stock_alerts_event_id", "event_id"),
    )

    variant_id: Mapped[UUID] = mapped_column(ForeignKey(ProductVariant.id))
    event_id: Mapped[UUID]
    raised_at: Mapped[datetime] = timestamp(server_default=text("now()"))
    resolved_at: Mapped[datetime | None] = timestamp()
