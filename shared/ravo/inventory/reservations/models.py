"""Reservations, and the units that they hold at each location."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.catalog.models import ProductVariant
from ravo.inventory.locations.models import Location
from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed, timestamp


class Reservation(Identified, Timed, Base):
    """Units that a session or an order holds until `expires_at`. `status` is `active`, `released` or `sold`."""

    __tablename__ = "reservations"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'released', 'sold')", name="status_known"),
        Index("uq_reservations_session", "session_id", unique=True, postgresql_where=text("status = 'active'")),
        Index("ix_reservations_expiring", "expires_at", postgresql_where=text("status = 'active'")),
        Index("ix_reservations_ended", "updated_at", postgresql_where=text("status <> 'active'")),
    )

    session_id: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16), server_default="active")
    expires_at: Mapped[datetime] = timestamp()
    version: Mapped[int] = mapped_column(server_default="1")


class ReservationLine(Base):
    """Units of one variant held at one location.

    `held` is false once they are given back or sold; they no longer count then.
    """

    __tablename__ = "reservation_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index("ix_reservation_lines_held", "variant_id", "location_id", postgresql_where=text("held")),
        Index("ix_reservation_lines_location_id", "location_id"),
    )

    reservation_id: Mapped[UUID] = mapped_column(ForeignKey("reservations.id", ondelete="CASCADE"), primary_key=True)
    variant_id: Mapped[UUID] = mapped_column(ForeignKey(ProductVariant.id), primary_key=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey(Location.id), primary_key=True)
    quantity: Mapped[int]
    held: Mapped[bool] = mapped_column(server_default=text("true"))
