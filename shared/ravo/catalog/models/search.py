"""What products are found by: a narrow row per product on sale, its embedding, and the words that searches are corrected with."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC, VECTOR
from sqlalchemy import ForeignKey, Index, LargeBinary, Numeric, String, Text, Uuid, cast, column
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from ravo.catalog.models.product import Price
from ravo.platform.database import Base
from ravo.platform.models import timestamp

DIMENSIONS = 1536


class ProductListing(Base):
    """A product on sale as lists see it, derived from product, variants and groups in the transaction that changes them.

    `price` and `price_to` span the variants; `category_ids` holds the categories and all above them.
    """

    __tablename__ = "product_listings"
    __table_args__ = (
        Index("ix_product_listings_newest", "published_at", "product_id"),
        Index("ix_product_listings_price", "price", "product_id"),
        Index("ix_product_listings_name", "name", "product_id"),
        Index("ix_product_listings_bestselling", "sales_count", "product_id"),
        Index("ix_product_listings_rating", "rating", "product_id"),
        Index("ix_product_listings_category_ids", "category_ids", postgresql_using="gin"),
        Index("ix_product_listings_sizes", "sizes", postgresql_using="gin"),
        Index("ix_product_listings_colors", "colors", postgresql_using="gin"),
        Index("ix_product_listings_features", "features", postgresql_using="gin"),
        Index("ix_product_listings_search", "search", postgresql_using="gin"),
    )

    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    price: Mapped[Decimal] = mapped_column(Price)
    price_to: Mapped[Decimal] = mapped_column(Price)
    in_stock: Mapped[bool]
    browsable: Mapped[bool]
    published_at: Mapped[datetime] = timestamp()
    sales_count: Mapped[int]
    rating: Mapped[Decimal] = mapped_column(Numeric(3, 2))
    category_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    sizes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    colors: Mapped[list[str]] = mapped_column(ARRAY(Text))
    features: Mapped[list[str]] = mapped_column(ARRAY(Text))
    search: Mapped[Any] = mapped_column(TSVECTOR)


class ProductEmbedding(Base):
    """What a product means, as a vector of its text. It stands apart so that a change of price does not touch the vector index."""

    __tablename__ = "product_embeddings"
    __table_args__ = (
        Index(
            "ix_product_embeddings_nearest",
            cast(column("embedding"), HALFVEC(DIMENSIONS)).label("embedding"),
            postgresql_using="hnsw",
            postgresql_ops={"embedding": "halfvec_cosine_ops"},
        ),
    )

    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), primary_key=True)
    model: Mapped[str] = mapped_column(String(100))
    text_hash: Mapped[bytes] = mapped_column(LargeBinary(16))
    embedding: Mapped[Any] = mapped_column(VECTOR(DIMENSIONS))
    embedded_at: Mapped[datetime] = timestamp()


class SearchTerm(Base):
    """A word that some product is known by, with its trigrams for finding it from a misspelling."""

    __tablename__ = "search_terms"
    __table_args__ = (
        Index("ix_search_terms_prefix", "term", postgresql_ops={"term": "text_pattern_ops"}),
        Index("ix_search_terms_trigrams", "trigrams", postgresql_using="gin"),
    )

    term: Mapped[str] = mapped_column(Text, primary_key=True)
    trigrams: Mapped[list[str]] = mapped_column(ARRAY(Text))
