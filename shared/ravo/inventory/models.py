"""Locations, stock levels, reservations, and the ledger of movements that every level can be counted anew from."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.catalog.models import ProductVariant
from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed, timestamp


class Location(Identified, Timed, Base):
    """A place where stock lies. Orders take from the lowest `priority` first."""

    __tablename__ = "locations"

    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    priority: Mapped[int] = mapped_column(server_default="0")
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    version: Mapped[int] = mapped_column(server_default="1")


class StockLevel(Timed, Base):
    """How many pieces of a variant lie at a location, and how many of them are spoken for. The check is the last guard against overselling."""

    __tablename__ = "stock_levels"
    __table_args__ = (CheckConstraint("on_hand >= reserved AND reserved >= 0", name="reserved_within_on_hand"),)

    variant_id: Mapped[UUID] = mapped_column(ForeignKey(ProductVariant.id), primary_key=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("locations.id"), primary_key=True, index=True)
    on_hand: Mapped[int] = mapped_column(server_default="0")
    reserved: Mapped[int] = mapped_column(server_default="0")


class Reservation(Identified, Timed, Base):
    """Pieces that a session or an order holds until `expires_at`. `status` is `active`, `released` or `sold`."""

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
    """Pieces of one variant held at one location. `held` is false once they are given back or sold, and then they count no more."""

    __tablename__ = "reservation_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index("ix_reservation_lines_held", "variant_id", "location_id", postgresql_where=text("held")),
        Index("ix_reservation_lines_location_id", "location_id"),
    )

    reservation_id: Mapped[UUID] = mapped_column(ForeignKey("reservations.id", ondelete="CASCADE"), primary_key=True)
    variant_id: Mapped[UUID] = mapped_column(ForeignKey(ProductVariant.id), primary_key=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("locations.id"), primary_key=True)
    quantity: Mapped[int]
    held: Mapped[bool] = mapped_column(server_default=text("true"))


class StockMovement(Identified, Base):
    """One change of what lies at a location; the database lets nobody change or delete it. All of them sum up to `on_hand`."""

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
    location_id: Mapped[UUID] = mapped_column(ForeignKey("locations.id"))
    delta: Mapped[int]
    reason: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(Text, server_default="")
    # Who did it; nobody for what the system does by itself.
    actor_id: Mapped[UUID | None] = mapped_column()
    # What caused it, like `reservation:…` or `event:…`; the same cause moves the same stock only once.
    reference: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = timestamp(server_default=text("now()"))
