"""How many units of each variant lie at each location."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ravo.catalog.models import ProductVariant
from ravo.inventory.locations.models import Location
from ravo.platform.database import Base
from ravo.platform.models import Timed


class StockLevel(Timed, Base):
    """How many units of a variant lie at a location, and how many of them are reserved.

    The check is the last guard against overselling.
    """

    __tablename__ = "stock_levels"
    __table_args__ = (CheckConstraint("on_hand >= reserved AND reserved >= 0", name="reserved_within_on_hand"),)

    variant_id: Mapped[UUID] = mapped_column(ForeignKey(ProductVariant.id), primary_key=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey(Location.id), primary_key=True, index=True)
    on_hand: Mapped[int] = mapped_column(server_default="0")
    reserved: Mapped[int] = mapped_column(server_default="0")
