"""Collections: products chosen and ordered by hand."""

from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.catalog.models import Product
from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed


class Collection(Identified, Timed, Base):
    """Products chosen and ordered by hand."""

    __tablename__ = "collections"

    slug: Mapped[str] = mapped_column(String(160), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(Text, server_default="")
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    version: Mapped[int] = mapped_column(server_default="1")


class CollectionProduct(Base):
    """A product's place in a collection."""

    __tablename__ = "collection_products"

    collection_id: Mapped[UUID] = mapped_column(ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey(Product.id, ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int]
