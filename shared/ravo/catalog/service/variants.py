"""Variants: each change is one of its product too."""

from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.errors import VariantNotFound
from ravo.catalog.models import ProductVariant
from ravo.catalog.queries import variants
from ravo.catalog.service.products import TAKEN, locked, variant_changed, variant_columns, variant_of
from ravo.catalog.variants.schemas import MOST_VARIANTS, VariantChange, VariantInput
from ravo.platform.constraints import refusing
from ravo.platform.errors import Detail, Invalid, VersionConflict
from ravo.platform.time import now


def create(session: Session, product_id: UUID, given: VariantInput) -> ProductVariant:
    """Add a variant. Refuses with `ProductNotFound`, `SkuTaken` or `OptionsTaken`."""
    product = locked(session, product_id)
    count = variants.count_variants(session, product_id)
    if count >= MOST_VARIANTS:
        raise Invalid(f"A product has at most {MOST_VARIANTS} variants.")
    variant = variant_of(product, given, position=count)
    with refusing(TAKEN):
        session.add(variant)
        session.flush()
    variant_changed(session, product)
    return variant


def change(session: Session, product_id: UUID, variant_id: UUID, given: VariantChange) -> ProductVariant:
    """Change what was sent. Refuses with `ProductNotFound`, `VariantNotFound`, `VersionConflict`, `SkuTaken` or `OptionsTaken`."""
    product = locked(session, product_id)
    variant = get(session, product_id, variant_id)
    if variant.version != given.version:
        raise VersionConflict(details=[Detail("version", f"version {variant.version} was saved meanwhile")])
    for name, value in variant_columns(product, given, only_sent=True).items():
        if value is None and name in ("sku", "is_active"):
            raise Invalid(details=[Detail(name, "can't be empty")])
        setattr(variant, name, value)
    variant.version += 1
    variant.updated_at = now()
    with refusing(TAKEN):
        session.flush()
    variant_changed(session, product)
    return variant


def delete(session: Session, product_id: UUID, variant_id: UUID) -> None:
    """Delete a variant, softly. Refuses with `ProductNotFound` or `VariantNotFound`."""
    product = locked(session, product_id)
    variant = get(session, product_id, variant_id)
    variant.deleted_at = now()
    variant.is_active = False
    session.flush()
    variant_changed(session, product)


def get(session: Session, product_id: UUID, variant_id: UUID) -> ProductVariant:
    """Return a variant of a product. Refuses with `VariantNotFound`."""
    variant = variants.variant_by_id(session, product_id, variant_id)
    if variant is None:
        raise VariantNotFound
    return variant
