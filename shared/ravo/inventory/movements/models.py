"""The ledger of movements, from which every stock level can be recomputed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.catalog.models import ProductVariant
from ravo.inventory.locations.models import Location
from ravo.platform.database import Base
from ravo.platform.models import Identified, timestamp


class StockMovement(Identified, Base):
    """One change of the stock at a location; the database lets nobody change or delete it.

    The movements sum up to `on_hand`.
    """

    __tablename__ = "stock_movements"
    __table_args__ = (
        CheckConstraint("delta <> 0", name="delta_not_zero"),
        CheckConstraint(
            "reason IN ('received', 'counted', 'damaged', 'returned', 'sold', 'imported', 'correction')",
            name="reason_known",
        ),
        UniqueConstraint("reference", "variant_id", "location_id", name="uq_stock_movements_reference"),
        Index("ix_stock_movements_variant_id", "variant_id", "id"),
        Index("ix_stock_movements_location_id", "location_id"),
    )

    variant_id: Mapped[UUID] = mapped_column(ForeignKey(ProductVariant.id))
    location_id: Mapped[UUID] = mapped_column(ForeignKey(Location.id))
    delta: Mapped[int]
    reason: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(Text, server_default="")
    # Who did it; None for what the system does by itself.
    actor_id: Mapped[UUID | None] = mapped_column()
    # What caused it, like `reservation:…` or `event:…`; the same cause moves the same stock only once.
    reference: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = timestamp(server_default=text("now()"))
