"""One product with everything on its page, in one statement."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.catalog.queries.cards import compare_at, images, money
from ravo.catalog.schemas.shop import CategoryLink, ProductDetail, VariantDetail

_DETAIL = """
    SELECT p.*, l.price::text AS price, l.price_to::text AS price_to, l.in_stock, l.published_at AS listed_at,
        p.base_price::text AS base_price_text, p.compare_at_price::text AS compare_at_text,
        v.variants, c.categories, t.tags, i18n.translations
    FROM products p
    JOIN product_listings l ON l.product_id = p.id
    CROSS JOIN LATERAL (
        SELECT json_agg(json_build_object(
            'id', id, 'sku', sku, 'barcode', barcode, 'size', size, 'color', color, 'style', style,
            'price', coalesce(price, p.sale_price, p.base_price)::text, 'compare_at', compare_at_price::text,
            'available', available, 'low_stock_alert', low_stock_alert, 'weight_grams', weight_grams,
            'dimensions', dimensions, 'images', images
        ) ORDER BY position, id) AS variants
        FROM product_variants
        WHERE product_id = p.id AND is_active AND deleted_at IS NULL
    ) v
    CROSS JOIN LATERAL (
        SELECT coalesce(json_agg(json_build_array(c.id, c.slug, c.path, c.name) ORDER BY c.path), '[]') AS categories
        FROM product_categories pc JOIN categories c ON c.id = pc.category_id
        WHERE pc.product_id = p.id
    ) c
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(tags.name ORDER BY tags.name), '{{}}') AS tags
        FROM product_tags JOIN tags ON tags.id = product_tags.tag_id
        WHERE product_tags.product_id = p.id
    ) t
    CROSS JOIN LATERAL (
        SELECT coalesce(json_object_agg(locale, json_build_object(
            'name', name, 'description', description, 'short_description', short_description,
            'meta_title', meta_title, 'meta_description', meta_description
        )), '{{}}') AS translations
        FROM product_translations WHERE product_id = p.id
    ) i18n
    WHERE {key} AND p.deleted_at IS NULL AND l.published_at <= statement_timestamp()
"""
_BY_ID = text(_DETAIL.format(key="p.id = :key"))
_BY_SLUG = text(_DETAIL.format(key="p.slug = :key"))

# Below this the page may say that few are left; a variant's own alert level goes first.
LOW_STOCK = 5


def product_detail(session: Session, key: UUID | str, locales: tuple[str, ...]) -> ProductDetail | None:
    """Return a product on sale by id or slug, in the first of `locales` that it is translated to, or None."""
    row = session.execute(_BY_ID if isinstance(key, UUID) else _BY_SLUG, {"key": key}).one_or_none()
    if row is None:
        return None
    locale = next((wanted for wanted in locales if wanted == "en" or wanted in row.translations), "en")
    said = row.translations.get(locale, {})

    def words(field: str) -> str:
        return said.get(field) or getattr(row, field)

    return ProductDetail.model_construct(
        id=row.id,
        sku=row.sku,
        slug=row.slug,
        name=words("name"),
        description=words("description"),
        short_description=words("short_description"),
        price=money(row.price, row.currency),
        price_to=money(row.price_to, row.currency),
        compare_at_price=compare_at(row.compare_at_text, row.price, row.base_price_text, row.currency),
        in_stock=row.in_stock,
        guest_purchaseable=row.guest_purchaseable,
        features=row.features,
        materials=row.materials,
        sustainability=row.sustainability,
        attributes=row.attributes,
        size_guide=row.size_guide,
        images=images(row.images),
        videos=images(row.videos),
        categories=[_category(*values) for values in row.categories],
        tags=row.tags,
        average_rating=row.average_rating,
        review_count=row.review_count,
        featured=row.featured,
        meta_title=words("meta_title"),
        meta_description=words("meta_description"),
        locale=locale,
        available_locales=sorted({"en", *row.translations}),
        published_at=row.listed_at,
        updated_at=row.updated_at,
        variants=[_variant(values, row) for values in row.variants],
    )


def _category(identifier: UUID, slug: str, path: str, name: str) -> CategoryLink:
    return CategoryLink.model_construct(id=identifier, slug=slug, path=path, name=name)


def _variant(values: dict[str, Any], row: Any) -> VariantDetail:
    stock = _stock(values, row)
    return VariantDetail.model_construct(
        id=values["id"],
        sku=values["sku"],
        barcode=values["barcode"],
        size=values["size"],
        color=values["color"],
        style=values["style"],
        price=money(values["price"], row.currency),
        compare_at_price=compare_at(
            values["compare_at"] or row.compare_at_text, values["price"], row.base_price_text, row.currency
        ),
        in_stock=stock != "out",
        stock=stock,
        weight_grams=values["weight_grams"],
        dimensions=values["dimensions"],
        images=images(values["images"]),
    )


def _stock(values: dict[str, Any], row: Any) -> str:
    if not row.track_inventory:
        return "in_stock"
    if values["available"] <= 0:
        return "backorder" if row.allow_backorder else "out"
    alert = LOW_STOCK if values["low_stock_alert"] is None else values["low_stock_alert"]
    return "low" if values["available"] <= alert else "in_stock"
