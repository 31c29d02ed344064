"""Tags and the products that have them."""

from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ravo.catalog.models import Product
from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed


class Tag(Identified, Timed, Base):
    """A word that products share."""

    __tablename__ = "tags"

    slug: Mapped[str] = mapped_column(String(160), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    version: Mapped[int] = mapped_column(server_default="1")


class ProductTag(Base):
    """A product has a tag."""

    __tablename__ = "product_tags"

    product_id: Mapped[UUID] = mapped_column(ForeignKey(Product.id, ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[UUID] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True)
