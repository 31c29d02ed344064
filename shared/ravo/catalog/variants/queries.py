"""Variants as staff work on them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ravo.catalog.models import Product, ProductVariant
from ravo.platform.time import now


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
    """Return a variant of this product; the product is locked already by whoever changes one."""
    return session.scalar(
        select(ProductVariant).where(
            ProductVariant.id == variant_id,
            ProductVariant.product_id == product_id,
            ProductVariant.deleted_at.is_(None),
        )
    )


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
