"""What products mean, as vectors."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from ravo.catalog.models import Product
from ravo.platform.database import Base
from ravo.platform.models import timestamp

DIMENSIONS = 1536


class ProductEmbedding(Base):
    """A vector of a product's text. It has a table of its own, so that changes of prices do not touch its index."""

    __tablename__ = "product_embeddings"
    __table_args__ = (
        Index(
            "ix_product_embeddings_nearest",
            "embedding",
            postgresql_using="hnsw",
            postgresql_ops={"embedding": "halfvec_cosine_ops"},
        ),
    )

    product_id: Mapped[UUID] = mapped_column(ForeignKey(Product.id, ondelete="CASCADE"), primary_key=True)
    model: Mapped[str] = mapped_column(String(100))
    text_hash: Mapped[bytes] = mapped_column(LargeBinary(16))
    embedding: Mapped[Any] = mapped_column(HALFVEC(DIMENSIONS))
    embedded_at: Mapped[datetime] = timestamp()
