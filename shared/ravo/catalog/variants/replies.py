"""Variants as staff see them."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.media.replies import images_of
from ravo.catalog.models import ProductVariant
from ravo.catalog.variants import queries, service
from ravo.catalog.variants.schemas import AdminVariant
from ravo.platform.paging import Page, Paging
from ravo.platform.schemas import Money


def variant_of(variant: ProductVariant, currency: str) -> AdminVariant:
    """Return a variant as staff see it."""
    own = {
        name: getattr(variant, name)
        for name in AdminVariant.model_fields
        if name not in ("price", "compare_at_price", "cost_price", "images")
    }
    return AdminVariant(
        **own,
        price=money_of(variant.price, currency),
        compare_at_price=money_of(variant.compare_at_price, currency),
        cost_price=money_of(variant.cost_price, currency),
        images=images_of(variant.images),
    )


def page_of_variants(session: Session, product_id: UUID, paging: Paging) -> tuple[Sequence[AdminVariant], Page]:
    """Return one page of a product's variants. Refuses with `ProductNotFound`."""
    currency = service.currency_of(session, product_id)
    rows = queries.variants_of(session, product_id, limit=paging.limit, offset=paging.offset)
    total = queries.count_variants(session, product_id)
    return [variant_of(row, currency) for row in rows], Page.of(paging, total)


def money_of(amount: Decimal | None, currency: str) -> Money | None:
    """Return an amount in a currency, or None without one."""
    return None if amount is None else Money.of(amount, currency)
