"""The SQL of variants as staff work on them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from ravo.catalog.models import Product, ProductVariant
from ravo.platform.time import now

_SHOW_AVAILABLE = text(
    """
    WITH shown AS (
        UPDATE product_variants v SET available = t.available, stock_as_of = :as_of
        FROM jsonb_to_recordset(:told) AS t (id uuid, available integer)
        WHERE v.id = t.id AND (v.stock_as_of IS NULL OR v.stock_as_of < :as_of)
        RETURNING v.product_id
    )
    SELECT DISTINCT product_id FROM shown ORDER BY product_id
    """
)


def variants_of(session: Session, product_id: UUID, *, limit: int, offset: int) -> Sequence[ProductVariant]:
    """Return one page of a product's variants, in their order."""
    statement = (
        select(ProductVariant)
        .where(ProductVariant.product_id == product_id, ProductVariant.deleted_at.is_(None))
        .order_by(ProductVariant.position, ProductVariant.id)
    )
    return session.scalars(statement.limit(limit).offset(offset)).all()


def count_variants(session: Session, product_id: UUID, *, active_only: bool = False) -> int:
    """Count a product's variants."""
    statement = select(func.count()).where(ProductVariant.product_id == product_id, ProductVariant.deleted_at.is_(None))
    if active_only:
        statement = statement.where(ProductVariant.is_active)
    return session.scalar(statement) or 0


def variant_by_id(session: Session, product_id: UUID, variant_id: UUID) -> ProductVariant | None:
    """Return a variant of this product; a caller that writes it has locked the product."""
    return session.scalar(
        select(ProductVariant).where(
            ProductVariant.id == variant_id,
            ProductVariant.product_id == product_id,
            ProductVariant.deleted_at.is_(None),
        )
    )


def show_available(session: Session, told: Mapping[UUID, int], *, as_of: datetime) -> list[UUID]:
    """Set how many units there are, unless a newer report was written; returns the products concerned."""
    rows = [{"id": str(variant_id), "available": count} for variant_id, count in sorted(told.items())]
    return list(session.scalars(_SHOW_AVAILABLE, {"told": Jsonb(rows), "as_of": as_of}))


def delete_variants_of(session: Session, product_id: UUID) -> None:
    """Delete all variants of a product, softly: orders refer to them."""
    session.execute(
        update(ProductVariant)
        .where(ProductVariant.product_id == product_id, ProductVariant.deleted_at.is_(None))
        .values(deleted_at=now(), is_active=False)
    )


def currency_of(session: Session, product_id: UUID) -> str | None:
    """Return the currency of a product."""
    return session.scalar(select(Product.currency).where(Product.id == product_id, Product.deleted_at.is_(None)))
