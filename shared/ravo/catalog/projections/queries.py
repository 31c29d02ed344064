"""The SQL of projections: reads what they are built from, and writes and reads them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypedDict
from uuid import UUID

from sqlalchemy import TextualSelect, text
from sqlalchemy.orm import Session

from ravo.catalog.media import service as media
from ravo.platform.database import selection

# Texts without a translation are in this language, and each product has a detail in it.
LANGUAGE = "en"


class SourceVariant(TypedDict):
    """A variant on sale; prices are text, as SQL returns them."""

    id: str
    sku: str
    barcode: str | None
    size: str | None
    color: str | None
    style: str | None
    price: str
    compare_at_price: str | None
    available: int
    low_stock_alert: int | None
    weight_grams: int | None
    dimensions: dict[str, Any] | None
    images: list[dict[str, str]]


class Source(NamedTuple):
    """All that a product's summary and details are built from."""

    id: UUID
    sku: str
    slug: str
    name: str
    description: str
    short_description: str
    currency: str
    base_price: Decimal
    compare_at_price: Decimal | None
    guest_purchaseable: bool
    features: list[str]
    materials: str
    sustainability: str
    attributes: dict[str, Any]
    size_guide: dict[str, Any] | None
    images: list[dict[str, str]]
    videos: list[dict[str, str]]
    average_rating: Decimal | None
    review_count: int
    featured: bool
    meta_title: str
    meta_description: str
    updated_at: datetime
    track_inventory: bool
    allow_backorder: bool
    price: Decimal
    price_to: Decimal
    in_stock: bool
    variant_count: int
    published_at: datetime
    variants: list[SourceVariant]
    categories: list[dict[str, str]]
    tags: list[str]
    translations: dict[str, dict[str, str]]


class Projection(NamedTuple):
    """What shoppers are shown of a product, as JSON: its summary, and its details by their languages."""

    summary: str | None
    details: dict[str, str]


_ELSEWHERE = {name: f"l.{name}" for name in ("price", "price_to", "in_stock", "variant_count", "published_at")} | {
    "variants": "v.variants",
    "categories": "c.categories",
    "tags": "t.tags",
    "translations": "i18n.translations",
}
_SOURCES = selection(
    {name: _ELSEWHERE.get(name, f"p.{name}") for name in Source._fields},
    """
    FROM products p
    JOIN product_listings l ON l.product_id = p.id
    CROSS JOIN LATERAL (
        SELECT json_agg(json_build_object(
            'id', id, 'sku', sku, 'barcode', barcode, 'size', size, 'color', color, 'style', style,
            'price', coalesce(price, p.sale_price, p.base_price)::text, 'compare_at_price', compare_at_price::text,
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
        SELECT coalesce(array_agg(tags.name ORDER BY tags.name), '{}') AS tags
        FROM product_tags JOIN tags ON tags.id = product_tags.tag_id
        WHERE product_tags.product_id = p.id
    ) t
    CROSS JOIN LATERAL (
        SELECT coalesce(json_object_agg(locale, json_build_object(
            'name', name, 'description', description, 'short_description', short_description,
            'meta_title', meta_title, 'meta_description', meta_description
        )), '{}') AS translations
        FROM product_translations WHERE product_id = p.id
    ) i18n
    WHERE l.product_id = ANY(:ids)
    """,
)
_WRITE = text(
    """
    WITH now AS (
        SELECT product_id, locale, detail FROM unnest(
            CAST(:details_of AS uuid[]), CAST(:locales AS text[]), CAST(:details AS text[])
        ) AS made (product_id, locale, detail)
    ),
    gone AS (
        DELETE FROM product_pages
        WHERE product_id = ANY(:ids) AND (product_id, locale) NOT IN (SELECT product_id, locale FROM now)
    ),
    details AS (
        INSERT INTO product_pages AS old (product_id, locale, page) SELECT product_id, locale, detail FROM now
        ON CONFLICT (product_id, locale) DO UPDATE SET page = excluded.page WHERE old.page <> excluded.page
    )
    INSERT INTO product_cards AS old (product_id, card)
    SELECT product_id, summary
    FROM unnest(CAST(:ids AS uuid[]), CAST(:summaries AS text[])) AS made (product_id, summary)
    ON CONFLICT (product_id) DO UPDATE SET card = excluded.card WHERE old.card <> excluded.card
    """
)
_WRITTEN = text(
    """
    SELECT product_id, card AS summary, coalesce(details, '{}') AS details
    FROM product_listings
    LEFT JOIN product_cards USING (product_id)
    CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(locale, page) AS details
        FROM product_pages WHERE product_id = product_listings.product_id
    ) written
    WHERE product_id > :after ORDER BY product_id LIMIT :limit
    """
)
# A list is put together in the statement that finds it: another statement would be another round trip to the database.
# Each summary is looked up by itself: with a join, all summaries of a small shop would be read for the sake of twenty.
_WITH_SUMMARIES = """
    FROM ({found}) found
    CROSS JOIN LATERAL (
        SELECT coalesce(string_agg(
            (SELECT card FROM product_cards c WHERE c.product_id = ids.product_id), ',' ORDER BY place
        ), '') AS summaries
        FROM unnest(found.page) WITH ORDINALITY AS ids (product_id, place)
    ) written
"""
_DETAIL = """
    FROM products p
    JOIN product_listings l ON l.product_id = p.id
    CROSS JOIN LATERAL (
        SELECT page FROM product_pages
        WHERE product_id = p.id AND locale = ANY(:locales)
        ORDER BY array_position(CAST(:locales AS text[]), locale) LIMIT 1
    ) written
    WHERE {key} AND p.deleted_at IS NULL AND l.published_at <= statement_timestamp()
"""
_DETAIL_BY_ID = selection({"detail": "written.page"}, _DETAIL.format(key="p.id = :key"))
_DETAIL_BY_SLUG = selection({"detail": "written.page"}, _DETAIL.format(key="p.slug = :key"))


def with_summaries(found: str, *columns: str) -> TextualSelect:
    """Make a statement from a `SELECT` that finds a `page` of products' ids.

    It returns these `columns` of the page, and the page's `summaries`, for `summaries_in`.
    """
    own = {column: f"found.{column}" for column in columns}
    return selection(own | {"summaries": "written.summaries"}, _WITH_SUMMARIES.format(found=found))


def summaries_in(written: str) -> bytes:
    """Return the `summaries` that a statement of `with_summaries` found, as a JSON array, in the order of its page."""
    return media.shown_in(f"[{written}]").encode()


def detail(session: Session, key: UUID | str, locales: Sequence[str]) -> bytes | None:
    """Return the detail of a product on sale as JSON, by its id or slug.

    It is in the first of `locales` that the product is translated to, else in English.
    """
    statement = _DETAIL_BY_ID if isinstance(key, UUID) else _DETAIL_BY_SLUG
    found: str | None = session.scalar(statement, {"key": key, "locales": [*locales, LANGUAGE]})
    return media.shown_in(found).encode() if found else None


def sources(session: Session, product_ids: Sequence[UUID]) -> list[Source]:
    """Return what projections are built from, for those of these products that are on sale."""
    return [Source._make(row) for row in session.execute(_SOURCES, {"ids": list(product_ids)})]


def write(session: Session, built: Mapping[UUID, Projection]) -> None:
    """Write the projections of products; details in languages that a product no longer has are deleted."""
    details = [
        (product_id, locale, each) for product_id, made in built.items() for locale, each in made.details.items()
    ]
    ids, locales, texts = (list(each) for each in zip(*details, strict=True))
    values = {"ids": list(built), "summaries": [made.summary for made in built.values()]}
    session.execute(_WRITE, values | {"details_of": ids, "locales": locales, "details": texts})


def written(session: Session, *, after: UUID, limit: int) -> dict[UUID, Projection]:
    """Return the stored projections of the next listed products, in the order of their ids."""
    rows = session.execute(_WRITTEN, {"after": after, "limit": limit})
    return {product_id: Projection(summary, details) for product_id, summary, details in rows}
