"""Categories (a tree), tags and collections (curated, ordered)."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.catalog.models.product import Product
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
    """A product stands in a category."""

    __tablename__ = "product_categories"

    product_id: Mapped[UUID] = mapped_column(ForeignKey(Product.id, ondelete="CASCADE"), primary_key=True)
    category_id: Mapped[UUID] = mapped_column(ForeignKey("categories.id"), primary_key=True, index=True)


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
