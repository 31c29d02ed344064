"""One product with everything on its page, in one statement."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.queries.cards import Json, compare_at, images, money
from ravo.platform.database import selection

_OF_PRODUCT = (
    "id",
    "sku",
    "slug",
    "name",
    "description",
    "short_description",
    "currency",
    "guest_purchaseable",
    "features",
    "materials",
    "sustainability",
    "attributes",
    "size_guide",
    "images",
    "videos",
    "average_rating",
    "review_count",
    "featured",
    "meta_title",
    "meta_description",
    "updated_at",
    "track_inventory",
    "allow_backorder",
)
_COLUMNS = {name: f"p.{name}" for name in _OF_PRODUCT} | {
    "base_price": "p.base_price::text",
    "compare_at_price": "p.compare_at_price::text",
    "price": "l.price::text",
    "price_to": "l.price_to::text",
    "in_stock": "l.in_stock",
    "published_at": "l.published_at",
    "variants": "v.variants",
    "categories": "c.categories",
    "tags": "t.tags",
    "translations": "i18n.translations",
}
_SOURCE = """
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
        SELECT coalesce(json_agg(
            json_build_object('id', c.id, 'slug', c.slug, 'path', c.path, 'name', c.name) ORDER BY c.path
        ), '[]') AS categories
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
_BY_ID = selection(_COLUMNS, _SOURCE.format(key="p.id = :key"))
_BY_SLUG = selection(_COLUMNS, _SOURCE.format(key="p.slug = :key"))

# Below this the page may say that few are left; a variant's own alert level goes first.
LOW_STOCK = 5


def product_detail(session: Session, key: UUID | str, locales: tuple[str, ...]) -> Json | None:
    """Return a product on sale (`ProductDetail`) by id or slug, in the first of `locales` that it is translated to, else in English; or None."""
    row = session.execute(_BY_ID if isinstance(key, UUID) else _BY_SLUG, {"key": key}).one_or_none()
    if row is None:
        return None
    locale = next((wanted for wanted in locales if wanted in row.translations), "en")
    said = row.translations.get(locale, {})
    return {
        "id": row.id,
        "sku": row.sku,
        "slug": row.slug,
        "name": said.get("name") or row.name,
        "description": said.get("description") or row.description,
        "shortDescription": said.get("short_description") or row.short_description,
        "price": money(row.price, row.currency),
        "priceTo": money(row.price_to, row.currency),
        "compareAtPrice": compare_at(row.compare_at_price, row.price, row.base_price, row.currency),
        "inStock": row.in_stock,
        "guestPurchaseable": row.guest_purchaseable,
        "features": row.features,
        "materials": row.materials,
        "sustainability": row.sustainability,
        "attributes": row.attributes,
        "sizeGuide": row.size_guide,
        "images": images(row.images),
        "videos": images(row.videos),
        "categories": row.categories,
        "tags": row.tags,
        "averageRating": row.average_rating,
        "reviewCount": row.review_count,
        "featured": row.featured,
        "metaTitle": said.get("meta_title") or row.meta_title,
        "metaDescription": said.get("meta_description") or row.meta_description,
        "locale": locale,
        "availableLocales": sorted({"en", *row.translations}),
        "publishedAt": row.published_at,
        "updatedAt": row.updated_at,
        "variants": [_variant(values, row) for values in row.variants],
    }


def _variant(values: Json, row: Any) -> Json:
    price, stock = values["price"], _stock(values, row)
    stated = values["compare_at"] or row.compare_at_price
    return {
        "id": values["id"],
        "sku": values["sku"],
        "size": values["size"],
        "color": values["color"],
        "style": values["style"],
        "price": money(price, row.currency),
        "compareAtPrice": compare_at(stated, price, row.base_price, row.currency),
        "inStock": stock != "out",
        "barcode": values["barcode"],
        "stock": stock,
        "weightGrams": values["weight_grams"],
        "dimensions": values["dimensions"],
        "images": images(values["images"]),
    }


def _stock(values: Json, row: Any) -> str:
    if not row.track_inventory:
        return "in_stock"
    if values["available"] <= 0:
        return "backorder" if row.allow_backorder else "out"
    alert = LOW_STOCK if values["low_stock_alert"] is None else values["low_stock_alert"]
    return "low" if values["available"] <= alert else "in_stock"
