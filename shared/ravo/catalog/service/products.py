"""Products: made as drafts, changed under a version, put on sale when complete."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import product as combinations
from typing import Any, cast
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.errors import (
    OptionsTaken,
    ProductIncomplete,
    ProductNotFound,
    SkuTaken,
    SlugTaken,
    UnknownReference,
)
from ravo.catalog.events import ProductCreated, ProductDeleted, ProductPublished, ProductUnpublished, ProductUpdated
from ravo.catalog.models import Product, ProductVariant
from ravo.catalog.products.schemas import ProductChange, ProductFields, ProductInput
from ravo.catalog.queries import listings, products, variants
from ravo.catalog.text import slug_of
from ravo.catalog.variants.schemas import VariantInput
from ravo.platform import outbox
from ravo.platform.constraints import refusing
from ravo.platform.errors import Detail, Invalid, Refusal, VersionConflict
from ravo.platform.ids import uuid7
from ravo.platform.schemas import Input, MoneyInput
from ravo.platform.time import now

# Which constraint means which refusal.
TAKEN: Mapping[str, type[Refusal]] = {
    "uq_products_sku": SkuTaken,
    "uq_products_slug": SlugTaken,
    "uq_product_variants_sku": SkuTaken,
    "uq_product_variants_options": OptionsTaken,
    "fk_product_categories_category_id": UnknownReference,
}
_PRICES = ("base_price", "sale_price", "compare_at_price", "cost_price")
_AROUND = ("category_ids", "tags", "translations", "variants", "matrix", "version")
# Columns that must hold something: null in a change means «empty» only for the others.
_NEVER_NULL = ("sku", "name", "slug", "base_price")


def create(session: Session, given: ProductInput) -> Product:
    """Make a product as a draft, with its variants. Refuses with `SkuTaken`, `SlugTaken`, `OptionsTaken` or `UnknownReference`."""
    columns = columns_of(given)
    product = Product(
        id=uuid7(),
        **columns,
        currency=given.base_price.currency,
        status="draft",
        version=1,
    )
    product.slug = given.slug or slug_of(given.name)
    with refusing(TAKEN):
        session.add(product)
        session.flush()
        session.add_all(_variants(product, given))
        session.flush()
        _place(session, product.id, given)
    outbox.record(session, ProductCreated(aggregate_id=product.id, version=1, sku=product.sku))
    return product


def change(session: Session, product_id: UUID, given: ProductChange) -> Product:
    """Change what was sent. Refuses with `ProductNotFound`, `VersionConflict`, `SkuTaken`, `SlugTaken` or `UnknownReference`."""
    product = locked(session, product_id, version=given.version)
    columns = columns_of(given, only_sent=True)
    empty = [name for name in _NEVER_NULL if name in columns and columns[name] is None]
    if empty:
        raise Invalid(details=[Detail(name, "can't be empty") for name in empty])
    if given.base_price and given.base_price.currency != product.currency:
        raise Invalid(details=[Detail("basePrice.currency", f"the product is priced in {product.currency}")])
    for name, value in columns.items():
        setattr(product, name, value)
    with refusing(TAKEN):
        session.flush()
        _place(session, product_id, given)
    return _changed(session, product)


def delete(session: Session, product_id: UUID) -> None:
    """Delete a product and its variants, softly: orders refer to them. Refuses with `ProductNotFound`."""
    product = locked(session, product_id)
    product.deleted_at = now()
    product.version += 1
    session.flush()
    variants.delete_variants_of(session, product_id)
    listings.refresh(session, [product_id])
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
    listings.refresh(session, [product_id])
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
    listings.refresh(session, [product_id])
    outbox.record(session, ProductUnpublished(aggregate_id=product_id, version=product.version, sku=product.sku))
    return product


def get(session: Session, product_id: UUID) -> Product:
    """Return a product. Refuses with `ProductNotFound`."""
    product = products.product_by_id(session, product_id)
    if product is None:
        raise ProductNotFound
    return product


def locked(session: Session, product_id: UUID, *, version: int | None = None) -> Product:
    """Return and lock a product, at the version given if one is. Refuses with `ProductNotFound` or `VersionConflict`."""
    product = products.product_for_update(session, product_id)
    if product is None:
        raise ProductNotFound
    if version is not None and product.version != version:
        changed = f"version {product.version} was saved at {product.updated_at.isoformat()}"
        raise VersionConflict(details=[Detail("version", changed)])
    return product


def variant_changed(session: Session, product: Product) -> None:
    """Count a change of a variant as one of its product, whose lists and events it concerns."""
    _changed(session, product)


def _changed(session: Session, product: Product) -> Product:
    product.version += 1
    product.updated_at = now()
    session.flush()
    listings.refresh(session, [product.id])
    outbox.record(session, ProductUpdated(aggregate_id=product.id, version=product.version, sku=product.sku))
    return product


def columns_of(given: ProductFields, *, only_sent: bool = False) -> dict[str, Any]:
    """Return the product's own columns from what was sent, prices as amounts."""
    values = _values(given, only_sent=only_sent, exclude=_AROUND)
    for name in _PRICES:
        price = cast("MoneyInput | None", getattr(given, name, None))
        if name in values:
            values[name] = price.amount if price else None
    return values


def _values(given: Input, *, only_sent: bool, exclude: Sequence[str]) -> dict[str, Any]:
    # «Only what was sent» is meant of the fields themselves; what stands inside one is whole.
    values = given.model_dump(exclude=set(exclude))
    return {name: value for name, value in values.items() if not only_sent or name in given.model_fields_set}


def _place(session: Session, product_id: UUID, given: ProductFields) -> None:
    """Put a product into the categories, tags and languages that were sent, and leave those that were not."""
    if "category_ids" in given.model_fields_set:
        products.replace_categories(session, product_id, given.category_ids)
    if "tags" in given.model_fields_set:
        wanted = {slug_of(name): name for name in given.tags}
        rows = [{"id": uuid7(), "slug": slug, "name": name} for slug, name in sorted(wanted.items())]
        products.replace_tags(session, product_id, products.ensure_tags(session, rows) if rows else [])
    if "translations" in given.model_fields_set:
        rows = [{"locale": locale} | said.model_dump() for locale, said in given.translations.items()]
        products.replace_translations(session, product_id, rows)


def _variants(product: Product, given: ProductInput) -> list[ProductVariant]:
    wanted = given.variants or _matrix(given)
    return [variant_of(product, variant, position) for position, variant in enumerate(wanted)]


def variant_of(product: Product, given: VariantInput, position: int) -> ProductVariant:
    """Make a variant of a product; its prices must be in the product's currency."""
    return ProductVariant(
        id=uuid7(), product_id=product.id, position=position, version=1, **variant_columns(product, given)
    )


def variant_columns(product: Product, given: Any, *, only_sent: bool = False) -> dict[str, Any]:
    """Return a variant's columns from what was sent; refuses a price in another currency than the product's."""
    values = _values(given, only_sent=only_sent, exclude=("version",))
    for name in ("price", "compare_at_price", "cost_price"):
        price = cast("MoneyInput | None", getattr(given, name))
        if price and price.currency != product.currency:
            raise Invalid(details=[Detail(f"{name}.currency", f"the product is priced in {product.currency}")])
        if name in values:
            values[name] = price.amount if price else None
    return values


def _matrix(given: ProductInput) -> Sequence[VariantInput]:
    if given.matrix is None:
        return [VariantInput(sku=given.sku)]
    axes = [
        list(dict.fromkeys(axis)) or [None] for axis in (given.matrix.sizes, given.matrix.colors, given.matrix.styles)
    ]
    made: list[VariantInput] = []
    for size, color, style in combinations(*axes):
        parts = [given.sku, *(slug_of(value).upper() for value in (size, color, style) if value)]
        made.append(VariantInput(sku="-".join(parts)[:64], size=size, color=color, style=style))
    return made


def _missing(session: Session, product: Product) -> list[Detail]:
    missing: list[Detail] = []
    if not variants.count_variants(session, product.id, active_only=True):
        missing.append(Detail("variants", "needs at least one active variant"))
    if not (product.description.strip() or product.short_description.strip()):
        missing.append(Detail("description", "needs a description"))
    return missing
