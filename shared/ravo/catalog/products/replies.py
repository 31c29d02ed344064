"""Products as staff see them."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.media.replies import images_of
from ravo.catalog.models import Product
from ravo.catalog.products import queries
from ravo.catalog.products.schemas import AdminProduct, AdminProductSummary
from ravo.catalog.schemas import CategoryLink
from ravo.catalog.variants.replies import money_of
from ravo.platform.paging import Page, Paging


def product_of(session: Session, product: Product) -> AdminProduct:
    """Return a product as staff see it."""
    around = queries.around(session, product.id)
    return AdminProduct(
        **_shared(product),
        **{
            name: getattr(product, name)
            for name in (
                "description",
                "short_description",
                "comment_visibility",
                "tax_class",
                "shipping_class",
                "track_inventory",
                "allow_backorder",
                "guest_purchaseable",
                "features",
                "materials",
                "sustainability",
                "attributes",
                "size_guide",
                "meta_title",
                "meta_description",
                "featured",
                "featured_order",
                "auto_tags",
            )
        },
        compare_at_price=money_of(product.compare_at_price, product.currency),
        images=images_of(product.images),
        videos=images_of(product.videos),
        categories=[CategoryLink.model_validate(link) for link in around.categories],
        tags=around.tags,
        translations=around.translations,
        variant_count=around.variant_count,
    )


def page_of_products(
    session: Session, *, status: str | None, search: str, paging: Paging, cursor: UUID | None
) -> tuple[Sequence[AdminProductSummary], Page]:
    """Return one page of the admin's list of products."""
    rows = queries.page_of_products(
        session, status=status, search=search, limit=paging.limit, offset=paging.offset, cursor=cursor
    )
    total = queries.count_products(session, status=status, search=search)
    shown = [
        AdminProductSummary(
            **_shared(row.product),
            image=next(iter(images_of(row.product.images[:1])), None),
            variant_count=row.variant_count,
            available=row.available,
        )
        for row in rows
    ]
    return shown, Page.of(paging, total)


def _shared(product: Product) -> dict[str, Any]:
    """Return what the list and the page of a product have in common."""
    names = ("id", "sku", "slug", "name", "status", "visibility", "published_at", "created_at", "updated_at", "version")
    return {name: getattr(product, name) for name in names} | {
        "base_price": money_of(product.base_price, product.currency),
        "sale_price": money_of(product.sale_price, product.currency),
        "cost_price": money_of(product.cost_price, product.currency),
        "margin_percent": _margin(product),
    }


def _margin(product: Product) -> Decimal | None:
    """Return the percentage of the selling price that is left after the cost; None without a cost or a price."""
    price = product.base_price if product.sale_price is None else product.sale_price
    if product.cost_price is None or not price:
        return None
    return ((price - product.cost_price) / price * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
