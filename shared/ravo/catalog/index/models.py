"""The tables of lists and searches: a narrow row per product on sale, its words, and all words that are known."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Computed, ForeignKey, Index, Numeric, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from ravo.catalog.models import Price, Product
from ravo.platform.database import Base
from ravo.platform.models import timestamp


def _key_of(column: str) -> Mapped[int]:
    """A number for an array as a whole, so that facets are counted by comparing numbers."""
    return mapped_column(BigInteger, Computed(f"hash_array_extended({column}, 0)", persisted=True), nullable=False)


class ProductListing(Base):
    """A product on sale as lists see it, derived in the transaction that changes it, its variants or its groups.

    `price` and `price_to` span the variants. `categories` names its categories and all above them, each by its slug
    and, after a slash, by its path: `hoodies`, `/men/hoodies`. Counting reads every row of this table, so it is kept
    narrow, and columns of fixed width come first.
    """

    __tablename__ = "product_listings"
    __table_args__ = (
        # The order of lists that name no other.
        Index("ix_product_listings_newest", "published_at", "product_id", postgresql_where=text("browsable")),
        # Lists are counted by this index, without reading the rows.
        Index(
            "ix_product_listings_counted",
            "published_at",
            postgresql_include=["in_stock", "price", "price_to"],
            postgresql_where=text("browsable"),
        ),
        Index("ix_product_listings_price", "price", "product_id"),
        Index("ix_product_listings_price_to", "price_to"),
        Index("ix_product_listings_name", "name", "product_id"),
        Index("ix_product_listings_bestselling", "sales_count", "product_id"),
        Index("ix_product_listings_rating", "rating", "product_id"),
        Index("ix_product_listings_categories", "categories", postgresql_using="gin"),
        Index("ix_product_listings_sizes", "sizes", postgresql_using="gin"),
        Index("ix_product_listings_colors", "colors", postgresql_using="gin"),
        Index("ix_product_listings_features", "features", postgresql_using="gin"),
    )

    product_id: Mapped[UUID] = mapped_column(ForeignKey(Product.id, ondelete="CASCADE"), primary_key=True)
    published_at: Mapped[datetime] = timestamp()
    categories_key: Mapped[int] = _key_of("categories")
    sizes_key: Mapped[int] = _key_of("sizes")
    colors_key: Mapped[int] = _key_of("colors")
    features_key: Mapped[int] = _key_of("features")
    sales_count: Mapped[int]
    variant_count: Mapped[int]
    in_stock: Mapped[bool]
    browsable: Mapped[bool]
    price: Mapped[Decimal] = mapped_column(Price)
    price_to: Mapped[Decimal] = mapped_column(Price)
    rating: Mapped[Decimal] = mapped_column(Numeric(3, 2))
    name: Mapped[str] = mapped_column(Text)
    categories: Mapped[list[str]] = mapped_column(ARRAY(Text))
    sizes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    colors: Mapped[list[str]] = mapped_column(ARRAY(Text))
    features: Mapped[list[str]] = mapped_column(ARRAY(Text))


class ProductSearch(Base):
    """The words of a listed product, in a table of their own: they are wider than everything else that lists read.

    `published_at` and `sales_count` are the listing's: with them a search that nothing narrows needs no other table.
    `title` only holds the words of name, SKU, categories and tags.
    """

    __tablename__ = "product_search"
    __table_args__ = (Index("ix_product_search_search", "search", postgresql_using="gin"),)

    product_id: Mapped[UUID] = mapped_column(
        ForeignKey("product_listings.product_id", ondelete="CASCADE"), primary_key=True
    )
    published_at: Mapped[datetime] = timestamp()
    sales_count: Mapped[int]
    title: Mapped[Any] = mapped_column(TSVECTOR, Computed("strip(ts_filter(search, '{a,b}'))", persisted=True))
    search: Mapped[Any] = mapped_column(TSVECTOR)


class SearchTerm(Base):
    """A word that some product is known by, with its trigrams for finding it from a misspelling."""

    __tablename__ = "search_terms"
    __table_args__ = (
        Index("ix_search_terms_prefix", "term", postgresql_ops={"term": "text_pattern_ops"}),
        Index("ix_search_terms_trigrams", "trigrams", postgresql_using="gin"),
    )

    term: Mapped[str] = mapped_column(Text, primary_key=True)
    trigrams: Mapped[list[str]] = mapped_column(ARRAY(Text))
