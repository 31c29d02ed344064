"""The rules of products: made as drafts, changed under a version, put on sale when complete."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.errors import (
    TAKEN,
    ProductIncomplete,
    ProductNotFound,
)
from ravo.catalog.events import ProductCreated, ProductDeleted, ProductPublished, ProductUnpublished, ProductUpdated
from ravo.catalog.models import Product, ProductVariant
from ravo.catalog.products import queries
from ravo.catalog.products.schemas import ProductChange, ProductFields, ProductInput
from ravo.catalog.projections import service as projections
from ravo.catalog.text import slug_of
from ravo.catalog.variants import queries as variant_queries
from ravo.catalog.variants import service as variants
from ravo.catalog.variants.schemas import VariantChange, VariantInput
from ravo.platform import outbox
from ravo.platform.constraints import raising_for_constraints
from ravo.platform.errors import Detail, Invalid, VersionConflict
from ravo.platform.ids import uuid7
from ravo.platform.time import now

_AROUND = ("category_ids", "tags", "translations", "variants", "matrix", "version")
# Columns that must have a value: only for the others does null in a change mean «empty».
_NEVER_NULL = ("sku", "name", "slug", "base_price")


def create(session: Session, given: ProductInput) -> Product:
    """Make a product as a draft, with its variants.

    Refuses with `SkuTaken`, `SlugTaken`, `OptionsTaken` or `UnknownReference`.
    """
    columns = given.columns(without=_AROUND)
    product = Product(
        id=uuid7(),
        **columns,
        currency=given.base_price.currency,
        status="draft",
        version=1,
    )
    product.slug = given.slug or slug_of(given.name)
    with raising_for_constraints(TAKEN):
        session.add(product)
        session.flush()
        session.add_all(_variants(product, given))
        session.flush()
        _place(session, product.id, given)
    outbox.record(session, ProductCreated(aggregate_id=product.id, version=1, sku=product.sku))
    return product


def change(session: Session, product_id: UUID, given: ProductChange) -> Product:
    """Change what was sent.

    Refuses with `ProductNotFound`, `VersionConflict`, `SkuTaken`, `SlugTaken` or `UnknownReference`.
    """
    product = locked(session, product_id, version=given.version)
    columns = given.columns(without=_AROUND, only_sent=True)
    empty = [name for name in _NEVER_NULL if name in columns and columns[name] is None]
    if empty:
        raise Invalid(details=[Detail(name, "can't be empty") for name in empty])
    if given.base_price and given.base_price.currency != product.currency:
        raise Invalid(details=[Detail("basePrice.currency", f"the product is priced in {product.currency}")])
    for name, value in columns.items():
        setattr(product, name, value)
    with raising_for_constraints(TAKEN):
        session.flush()
        _place(session, product_id, given)
    return _changed(session, product)


def delete(session: Session, product_id: UUID) -> None:
    """Delete a product and its variants, softly: orders refer to them. Refuses with `ProductNotFound`."""
    product = locked(session, product_id)
    product.deleted_at = now()
    product.version += 1
    session.flush()
    variant_queries.delete_variants_of(session, product_id)
    projections.refresh(session, [product_id])
    outbox.record(session, ProductDeleted(aggregate_id=product_id, version=product.version, sku=product.sku))


def publish(session: Session, product_id: UUID, at: datetime | None) -> Product:
    """Put a complete product on sale from a time on; publishing it twice changes nothing.

    Refuses with `ProductNotFound`, or with `ProductIncomplete`, which lists what is missing.
    """
    product = locked(session, product_id)
    missing = _missing(session, product)
    if missing:
        raise ProductIncomplete(details=missing)
    if product.status == "active" and product.published_at and at in (None, product.published_at):
        return product
    product.status = "active"
    product.published_at = at or now()
    product.version += 1
    session.flush()
    projections.refresh(session, [product_id])
    outbox.record(session, ProductPublished(aggregate_id=product_id, version=product.version, sku=product.sku))
    return product


def unpublish(session: Session, product_id: UUID) -> Product:
    """Take a product off sale; it is a draft again. Doing it twice changes nothing. Refuses with `ProductNotFound`."""
    product = locked(session, product_id)
    if product.status == "draft":
        return product
    product.status = "draft"
    product.published_at = None
    product.version += 1
    session.flush()
    projections.refresh(session, [product_id])
    outbox.record(session, ProductUnpublished(aggregate_id=product_id, version=product.version, sku=product.sku))
    return product


def get(session: Session, product_id: UUID) -> Product:
    """Return a product. Refuses with `ProductNotFound`."""
    product = queries.product_by_id(session, product_id)
    if product is None:
        raise ProductNotFound
    return product


def locked(session: Session, product_id: UUID, *, version: int | None = None) -> Product:
    """Return and lock a product, at this version if one is given.

    Refuses with `ProductNotFound` or `VersionConflict`.
    """
    product = queries.product_for_update(session, product_id)
    if product is None:
        raise ProductNotFound
    if version is not None and product.version != version:
        changed = f"version {product.version} was saved at {product.updated_at.isoformat()}"
        raise VersionConflict(details=[Detail("version", changed)])
    return product


def add_variant(session: Session, product_id: UUID, given: VariantInput) -> ProductVariant:
    """Add a variant. Refuses with `ProductNotFound`, `SkuTaken` or `OptionsTaken`."""
    product = locked(session, product_id)
    variant = variants.add(session, product, given)
    _changed(session, product)
    return variant


def change_variant(session: Session, product_id: UUID, variant_id: UUID, given: VariantChange) -> ProductVariant:
    """Change what was sent of a variant.

    Refuses with `ProductNotFound`, `VariantNotFound`, `VersionConflict`, `SkuTaken` or `OptionsTaken`.
    """
    product = locked(session, product_id)
    variant = variants.change(session, product, variant_id, given)
    _changed(session, product)
    return variant


def delete_variant(session: Session, product_id: UUID, variant_id: UUID) -> None:
    """Delete a variant, softly. Refuses with `ProductNotFound` or `VariantNotFound`."""
    product = locked(session, product_id)
    variants.delete(session, product, variant_id)
    _changed(session, product)


def _changed(session: Session, product: Product) -> Product:
    product.version += 1
    product.updated_at = now()
    session.flush()
    projections.refresh(session, [product.id])
    outbox.record(session, ProductUpdated(aggregate_id=product.id, version=product.version, sku=product.sku))
    return product


def _place(session: Session, product_id: UUID, given: ProductFields) -> None:
    """Put a product into the categories, tags and languages that were sent, and leave those that were not."""
    if "category_ids" in given.model_fields_set:
        queries.replace_categories(session, product_id, given.category_ids)
    if "tags" in given.model_fields_set:
        wanted = {slug_of(name): name for name in given.tags}
        rows = [{"id": uuid7(), "slug": slug, "name": name} for slug, name in sorted(wanted.items())]
        queries.replace_tags(session, product_id, queries.ensure_tags(session, rows) if rows else [])
    if "translations" in given.model_fields_set:
        rows = [{"locale": locale} | said.model_dump() for locale, said in given.translations.items()]
        queries.replace_translations(session, product_id, rows)


def _variants(product: Product, given: ProductInput) -> list[ProductVariant]:
    wanted = variants.matrix(given.sku, given.matrix) if given.matrix else given.variants
    wanted = wanted or [VariantInput(sku=given.sku)]
    return [variants.variant_of(product, each, position) for position, each in enumerate(wanted)]


def _missing(session: Session, product: Product) -> list[Detail]:
    missing: list[Detail] = []
    if not variant_queries.count_variants(session, product.id, active_only=True):
        missing.append(Detail("variants", "needs at least one active variant"))
    if not (product.description.strip() or product.short_description.strip()):
        missing.append(Detail("description", "needs a description"))
    return missing
