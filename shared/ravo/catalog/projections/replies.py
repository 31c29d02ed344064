"""A product's summary and details, built from their source. URLs of pictures stay as they are stored."""

from decimal import Decimal
from uuid import UUID

from ravo.catalog.media.schemas import Image
from ravo.catalog.projections.queries import LANGUAGE, Source, SourceVariant
from ravo.catalog.projections.schemas import ProductDetail, ProductSummary, VariantDetail
from ravo.catalog.schemas import CategoryLink
from ravo.platform.schemas import Money

# With this many units or fewer, stock is low, unless the variant has an alert level of its own.
LOW_STOCK = 5
# A product with hundreds of variants would fill a list by itself; its detail has them all.
VARIANTS_IN_SUMMARY = 50


def summary_of(source: Source) -> ProductSummary:
    """Return what lists show of a product."""
    return ProductSummary(
        id=source.id,
        sku=source.sku,
        slug=source.slug,
        name=source.name,
        short_description=source.short_description,
        price=Money.of(source.price, source.currency),
        price_to=Money.of(source.price_to, source.currency),
        compare_at_price=_compare_at(source.compare_at_price, source.price, source),
        image=next(iter(_images(source.images[:1])), None),
        in_stock=source.in_stock,
        average_rating=source.average_rating,
        review_count=source.review_count,
        featured=source.featured,
        published_at=source.published_at,
        variant_count=source.variant_count,
        # Fields of a variant that only the detail has are not written in a summary.
        variants=[_variant(each, source) for each in source.variants[:VARIANTS_IN_SUMMARY]],
    )


def details_of(source: Source) -> dict[str, ProductDetail]:
    """Return what a product's own page shows, by language."""
    locales = sorted({LANGUAGE, *source.translations})
    variants = [_variant(each, source) for each in source.variants]
    return {locale: _detail(source, locale, locales, variants) for locale in locales}


def _detail(source: Source, locale: str, locales: list[str], variants: list[VariantDetail]) -> ProductDetail:
    translated = source.translations.get(locale, {})
    return ProductDetail(
        id=source.id,
        sku=source.sku,
        slug=source.slug,
        name=translated.get("name") or source.name,
        description=translated.get("description") or source.description,
        short_description=translated.get("short_description") or source.short_description,
        price=Money.of(source.price, source.currency),
        price_to=Money.of(source.price_to, source.currency),
        compare_at_price=_compare_at(source.compare_at_price, source.price, source),
        in_stock=source.in_stock,
        guest_purchaseable=source.guest_purchaseable,
        features=source.features,
        materials=source.materials,
        sustainability=source.sustainability,
        attributes=source.attributes,
        size_guide=source.size_guide,
        images=_images(source.images),
        videos=_images(source.videos),
        categories=[CategoryLink.model_validate(each) for each in source.categories],
        tags=source.tags,
        average_rating=source.average_rating,
        review_count=source.review_count,
        featured=source.featured,
        meta_title=translated.get("meta_title") or source.meta_title,
        meta_description=translated.get("meta_description") or source.meta_description,
        locale=locale,
        available_locales=locales,
        published_at=source.published_at,
        updated_at=source.updated_at,
        variants=variants,
    )


def _variant(values: SourceVariant, source: Source) -> VariantDetail:
    price, stock = Decimal(values["price"]), _stock_of(values, source)
    stated = Decimal(values["compare_at_price"]) if values["compare_at_price"] else source.compare_at_price
    return VariantDetail(
        id=UUID(values["id"]),
        sku=values["sku"],
        size=values["size"],
        color=values["color"],
        style=values["style"],
        price=Money.of(price, source.currency),
        compare_at_price=_compare_at(stated, price, source),
        in_stock=stock != "out",
        barcode=values["barcode"],
        stock=stock,
        weight_grams=values["weight_grams"],
        dimensions=values["dimensions"],
        images=_images(values["images"]),
    )


def _stock_of(variant: SourceVariant, product: Source) -> str:
    if not product.track_inventory:
        return "in_stock"
    if variant["available"] <= 0:
        return "backorder" if product.allow_backorder else "out"
    alert = LOW_STOCK if variant["low_stock_alert"] is None else variant["low_stock_alert"]
    return "low" if variant["available"] <= alert else "in_stock"


def _compare_at(stated: Decimal | None, price: Decimal, source: Source) -> Money | None:
    """Return the price that is struck out: the one stated, else the base price of what is on sale, if it is higher."""
    struck = source.base_price if stated is None else stated
    return Money.of(struck, source.currency) if struck > price else None


def _images(values: list[dict[str, str]]) -> list[Image]:
    return [Image(url=value["url"], alt=value.get("alt", "")) for value in values]
