"""Products and variants as staff see them: rows made into replies."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.media import service as media
from ravo.catalog.media.schemas import Image
from ravo.catalog.models import Product, ProductVariant
from ravo.catalog.products.schemas import AdminProduct, AdminProductSummary
from ravo.catalog.queries import products, variants
from ravo.catalog.schemas import CategoryLink
from ravo.catalog.service import products as product_service
from ravo.catalog.variants.schemas import AdminVariant
from ravo.platform.paging import Page, Paging
from ravo.platform.schemas import Money


def product_of(session: Session, product: Product) -> AdminProduct:
    """Return a product as staff see it."""
    around = products.around(session, product.id)
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
        compare_at_price=_money(product.compare_at_price, product.currency),
        images=_images(product.images),
        videos=_images(product.videos),
        categories=[CategoryLink(**link) for link in around.categories],
        tags=around.tags,
        translations=around.translations,
        variant_count=around.variant_count,
    )


def page_of_products(
    session: Session, *, status: str | None, search: str, paging: Paging, before: UUID | None
) -> tuple[Sequence[AdminProductSummary], Page]:
    """Return one page of the admin's list of products."""
    rows = products.page_of_products(
        session, status=status, search=search, limit=paging.limit, offset=paging.offset, before=before
    )
    total = products.count_products(session, status=status, search=search)
    shown = [
        AdminProductSummary(
            **_shared(row.Product),
            image=next(iter(_images(row.Product.images[:1])), None),
            variant_count=row.count,
            available=row.available,
        )
        for row in rows
    ]
    return shown, Page.of(paging, total)


def variant_of(variant: ProductVariant, currency: str) -> AdminVariant:
    """Return a variant as staff see it."""
    own = {
        name: getattr(variant, name)
        for name in AdminVariant.model_fields
        if name not in ("price", "compare_at_price", "cost_price", "images")
    }
    return AdminVariant(
        **own,
        price=_money(variant.price, currency),
        compare_at_price=_money(variant.compare_at_price, currency),
        cost_price=_money(variant.cost_price, currency),
        images=_images(variant.images),
    )


def page_of_variants(session: Session, product_id: UUID, paging: Paging) -> tuple[Sequence[AdminVariant], Page]:
    """Return one page of a product's variants. Refuses with `ProductNotFound`."""
    product = product_service.get(session, product_id)
    rows = variants.variants_of(session, product_id, limit=paging.limit, offset=paging.offset)
    total = variants.count_variants(session, product_id)
    return [variant_of(row, product.currency) for row in rows], Page.of(paging, total)


def _shared(product: Product) -> dict[str, Any]:
    """What the list and the page of a product have in common."""
    names = ("id", "sku", "slug", "name", "status", "visibility", "published_at", "created_at", "updated_at", "version")
    return {name: getattr(product, name) for name in names} | {
        "base_price": _money(product.base_price, product.currency),
        "sale_price": _money(product.sale_price, product.currency),
        "cost_price": _money(product.cost_price, product.currency),
        "margin_percent": _margin(product),
    }


def _margin(product: Product) -> Decimal | None:
    """Percent of the selling price that is left after the cost; None without a cost or a price."""
    price = product.base_price if product.sale_price is None else product.sale_price
    if product.cost_price is None or not price:
        return None
    return ((price - product.cost_price) / price * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _images(values: Sequence[dict[str, Any]]) -> list[Image]:
    return [Image(url=media.shown(value["url"]), alt=value.get("alt", "")) for value in values]


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money.of(amount, currency)
