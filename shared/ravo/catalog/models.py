"""Products, their variants, and their texts in other languages."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed, timestamp

# Room for any price, and for the three decimals that a few currencies have.
Price = Numeric(14, 4)
LIVE = text("deleted_at IS NULL")


class Product(Identified, Timed, Base):
    """Something to show and to sell. `images` and `videos` are ordered lists of `{url, alt}`."""

    __tablename__ = "products"
    __table_args__ = (
        Index("uq_products_sku", "sku", unique=True, postgresql_where=LIVE),
        Index("uq_products_slug", "slug", unique=True, postgresql_where=LIVE),
        Index("ix_products_status", "status", "id", postgresql_where=LIVE),
        Index("ix_products_sku_prefix", "sku", postgresql_ops={"sku": "varchar_pattern_ops"}),
        Index("ix_products_words", text("to_tsvector('simple'::regconfig, name)"), postgresql_using="gin"),
        CheckConstraint("base_price >= 0", name="base_price_not_negative"),
        CheckConstraint("sale_price IS NULL OR sale_price >= 0", name="sale_price_not_negative"),
        CheckConstraint("status IN ('draft', 'active', 'archived')", name="status_known"),
        CheckConstraint("visibility IN ('visible', 'search', 'hidden')", name="visibility_known"),
    )

    sku: Mapped[str] = mapped_column(String(64))
    slug: Mapped[str] = mapped_column(String(160))
    name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(Text, server_default="")
    short_description: Mapped[str] = mapped_column(Text, server_default="")
    currency: Mapped[str] = mapped_column(String(3))
    base_price: Mapped[Decimal] = mapped_column(Price)
    sale_price: Mapped[Decimal | None] = mapped_column(Price)
    compare_at_price: Mapped[Decimal | None] = mapped_column(Price)
    cost_price: Mapped[Decimal | None] = mapped_column(Price)
    tax_class: Mapped[str] = mapped_column(String(64), server_default="standard")
    shipping_class: Mapped[str] = mapped_column(String(64), server_default="standard")
    track_inventory: Mapped[bool] = mapped_column(server_default=text("true"))
    allow_backorder: Mapped[bool] = mapped_column(server_default=text("false"))
    guest_purchaseable: Mapped[bool] = mapped_column(server_default=text("true"))
    visibility: Mapped[str] = mapped_column(String(16), server_default="visible")
    comment_visibility: Mapped[str] = mapped_column(String(16), server_default="public")
    features: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    materials: Mapped[str] = mapped_column(Text, server_default="")
    sustainability: Mapped[str] = mapped_column(Text, server_default="")
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    size_guide: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    images: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    videos: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    meta_title: Mapped[str] = mapped_column(String(255), server_default="")
    meta_description: Mapped[str] = mapped_column(Text, server_default="")
    featured: Mapped[bool] = mapped_column(server_default=text("false"))
    featured_order: Mapped[int | None]
    auto_tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    average_rating: Mapped[Decimal | None] = mapped_column(Numeric(3, 2))
    review_count: Mapped[int] = mapped_column(server_default="0")
    sales_count: Mapped[int] = mapped_column(server_default="0")
    status: Mapped[str] = mapped_column(String(16), server_default="draft")
    published_at: Mapped[datetime | None] = timestamp()
    deleted_at: Mapped[datetime | None] = timestamp()
    version: Mapped[int] = mapped_column(server_default="1")


class ProductVariant(Identified, Timed, Base):
    """One size, colour and style of a product. `available` is what inventory last reported: shown, never sold from."""

    __tablename__ = "product_variants"
    __table_args__ = (
        Index("uq_product_variants_sku", "sku", unique=True, postgresql_where=LIVE),
        Index(
            "uq_product_variants_options",
            "product_id",
            "size",
            "color",
            "style",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=LIVE,
        ),
        CheckConstraint("price IS NULL OR price >= 0", name="price_not_negative"),
    )

    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), index=True)
    sku: Mapped[str] = mapped_column(String(64))
    barcode: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[str | None] = mapped_column(String(64))
    color: Mapped[str | None] = mapped_column(String(64))
    style: Mapped[str | None] = mapped_column(String(64))
    price: Mapped[Decimal | None] = mapped_column(Price)
    compare_at_price: Mapped[Decimal | None] = mapped_column(Price)
    cost_price: Mapped[Decimal | None] = mapped_column(Price)
    weight_grams: Mapped[int | None]
    dimensions: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    images: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    low_stock_alert: Mapped[int | None]
    # What inventory last reported, and when: an older report never overwrites a newer one.
    available: Mapped[int] = mapped_column(server_default="0")
    stock_as_of: Mapped[datetime | None] = timestamp()
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    position: Mapped[int] = mapped_column(server_default="0")
    deleted_at: Mapped[datetime | None] = timestamp()
    version: Mapped[int] = mapped_column(server_default="1")


class ProductTranslation(Timed, Base):
    """A product's texts in another language; an empty one falls back when it is read."""

    __tablename__ = "product_translations"
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), primary_key=True)
    locale: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(255), server_default="")
    description: Mapped[str] = mapped_column(Text, server_default="")
    short_description: Mapped[str] = mapped_column(Text, server_default="")
    meta_title: Mapped[str] = mapped_column(String(255), server_default="")
    meta_description: Mapped[str] = mapped_column(Text, server_default="")
