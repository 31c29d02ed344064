"""Variants of a product that is locked already: each change of one is a change of its product too."""

from itertools import product as combinations
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.errors import TAKEN, ProductNotFound, VariantNotFound
from ravo.catalog.models import Product, ProductVariant
from ravo.catalog.text import slug_of
from ravo.catalog.variants import queries
from ravo.catalog.variants.schemas import MOST_VARIANTS, Matrix, VariantChange, VariantFields, VariantInput
from ravo.platform.constraints import raising_for_constraints
from ravo.platform.errors import Detail, Invalid, VersionConflict
from ravo.platform.ids import uuid7
from ravo.platform.schemas import MoneyInput
from ravo.platform.time import now

_PRICES = ("price", "compare_at_price", "cost_price")


def add(session: Session, product: Product, given: VariantInput) -> ProductVariant:
    """Add a variant. Refuses with `SkuTaken` or `OptionsTaken`."""
    count = queries.count_variants(session, product.id)
    if count >= MOST_VARIANTS:
        raise Invalid(f"A product has at most {MOST_VARIANTS} variants.")
    variant = variant_of(product, given, position=count)
    with raising_for_constraints(TAKEN):
        session.add(variant)
        session.flush()
    return variant


def change(session: Session, product: Product, variant_id: UUID, given: VariantChange) -> ProductVariant:
    """Change what was sent. Refuses with `VariantNotFound`, `VersionConflict`, `SkuTaken` or `OptionsTaken`."""
    variant = get(session, product.id, variant_id)
    if variant.version != given.version:
        raise VersionConflict(details=[Detail("version", f"version {variant.version} has been saved since")])
    _check_currency(product, given)
    for name, value in given.columns(without=("version",), only_sent=True).items():
        if value is None and name in ("sku", "is_active"):
            raise Invalid(details=[Detail(name, "can't be empty")])
        setattr(variant, name, value)
    variant.version += 1
    variant.updated_at = now()
    with raising_for_constraints(TAKEN):
        session.flush()
    return variant


def delete(session: Session, product: Product, variant_id: UUID) -> None:
    """Delete a variant, softly. Refuses with `VariantNotFound`."""
    variant = get(session, product.id, variant_id)
    variant.deleted_at = now()
    variant.is_active = False
    session.flush()


def get(session: Session, product_id: UUID, variant_id: UUID) -> ProductVariant:
    """Return a variant of a product. Refuses with `VariantNotFound`."""
    variant = queries.variant_by_id(session, product_id, variant_id)
    if variant is None:
        raise VariantNotFound
    return variant


def currency_of(session: Session, product_id: UUID) -> str:
    """Return the currency that a product's variants are priced in. Refuses with `ProductNotFound`."""
    currency = queries.currency_of(session, product_id)
    if currency is None:
        raise ProductNotFound
    return currency


def variant_of(product: Product, given: VariantInput, position: int) -> ProductVariant:
    """Make a variant of a product; its prices must be in the product's currency."""
    _check_currency(product, given)
    return ProductVariant(id=uuid7(), product_id=product.id, position=position, version=1, **given.columns())


def matrix(sku: str, given: Matrix) -> list[VariantInput]:
    """Return a variant for every combination of options, with a SKU made from the product's and the values."""
    axes = [list(dict.fromkeys(axis)) or [None] for axis in (given.sizes, given.colors, given.styles)]
    made: list[VariantInput] = []
    for size, color, style in combinations(*axes):
        parts = [sku, *(slug_of(value).upper() for value in (size, color, style) if value)]
        made.append(VariantInput(sku="-".join(parts)[:64], size=size, color=color, style=style))
    return made


def _check_currency(product: Product, given: VariantFields) -> None:
    for name in _PRICES:
        price: MoneyInput | None = getattr(given, name)
        if price and price.currency != product.currency:
            raise Invalid(details=[Detail(f"{name}.currency", f"the product is priced in {product.currency}")])
