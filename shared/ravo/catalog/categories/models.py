"""Categories, a tree, and the products in them."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.catalog.models import Product
from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed


class Category(Identified, Timed, Base):
    """A place in the tree. `path` is the slugs from the root, like `men/tops/hoodies`."""

    __tablename__ = "categories"
    __table_args__ = (Index("ix_categories_path_prefix", "path", postgresql_ops={"path": "text_pattern_ops"}),)

    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("categories.id"), index=True)
    slug: Mapped[str] = mapped_column(String(160))
    path: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(Text, server_default="")
    position: Mapped[int] = mapped_column(server_default="0")
    version: Mapped[int] = mapped_column(server_default="1")


class ProductCategory(Base):
    """A product belongs to a category."""

    __tablename__ = "product_categories"

    product_id: Mapped[UUID] = mapped_column(ForeignKey(Product.id, ondelete="CASCADE"), primary_key=True)
    category_id: Mapped[UUID] = mapped_column(ForeignKey("categories.id"), primary_key=True, index=True)
