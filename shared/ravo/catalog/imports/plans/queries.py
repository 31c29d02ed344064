"""The SQL of plans: a file's products as the shop has them, read at once, and the planned changes, written at once."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import text
from sqlalchemy.orm import Session


class KnownProduct(NamedTuple):
    """A product that the shop has, with what an import may change of it."""

    id: UUID
    sku: str
    fields: dict[str, Any]
    categories: list[str]
    tags: list[str]


class KnownVariant(NamedTuple):
    """A variant that the shop has, with what an import may change of it."""

    id: UUID
    product_id: UUID
    product_sku: str
    fields: dict[str, Any]


# Columns of products and of variants that an import may fill, with their types in a record set.
PRODUCT_COLUMNS = {
    "sku": "text",
    "slug": "text",
    "name": "text",
    "description": "text",
    "short_description": "text",
    "currency": "text",
    "base_price": "numeric",
    "sale_price": "numeric",
    "compare_at_price": "numeric",
    "cost_price": "numeric",
    "status": "text",
    "visibility": "text",
    "tax_class": "text",
    "shipping_class": "text",
    "track_inventory": "boolean",
    "allow_backorder": "boolean",
    "features": "text[]",
    "materials": "text",
    "sustainability": "text",
    "attributes": "jsonb",
    "images": "jsonb",
    "featured": "boolean",
    "meta_title": "text",
    "meta_description": "text",
}
VARIANT_COLUMNS = {
    "sku": "text",
    "barcode": "text",
    "size": "text",
    "color": "text",
    "style": "text",
    "price": "numeric",
    "compare_at_price": "numeric",
    "cost_price": "numeric",
    "weight_grams": "integer",
    "available": "integer",
    "low_stock_alert": "integer",
    "images": "jsonb",
    "is_active": "boolean",
    "position": "integer",
}


def _as_json(columns: dict[str, str]) -> str:
    """A row as a JSON object in the spelling of the drafts: amounts as plain text."""
    parts = [
        f"'{name}', trim_scale({name})::text" if kind == "numeric" else f"'{name}', to_jsonb({name})"
        for name, kind in columns.items()
    ]
    return f"jsonb_build_object({', '.join(parts)})"


def _upsert(table: str, columns: dict[str, str], extra: dict[str, str]) -> str:
    every = extra | columns
    names = ", ".join(every)
    changes = ", ".join(f"{name} = excluded.{name}" for name in every if name != "id")
    return f"""
        INSERT INTO {table} AS old ({names}, version)
        SELECT {names}, 1 FROM jsonb_to_recordset(:rows) AS r ({", ".join(f"{n} {k}" for n, k in every.items())})
        ORDER BY sku
        ON CONFLICT (id) DO UPDATE SET {changes}, version = old.version + 1, updated_at = now()
    """


_PRODUCTS = text(
    f"""
    SELECT p.id, p.sku, {_as_json(PRODUCT_COLUMNS)} AS fields,
        ARRAY(SELECT c.path FROM product_categories pc JOIN categories c ON c.id = pc.category_id
            WHERE pc.product_id = p.id ORDER BY c.path) AS categories,
        ARRAY(SELECT t.slug FROM product_tags pt JOIN tags t ON t.id = pt.tag_id
            WHERE pt.product_id = p.id ORDER BY t.slug) AS tags
    FROM products p
    WHERE p.sku = ANY(:skus) AND p.deleted_at IS NULL
    ORDER BY p.id
    FOR UPDATE OF p
    """
)
_VARIANTS = text(
    f"""
    SELECT id, product_id, (SELECT p.sku FROM products p WHERE p.id = product_variants.product_id) AS product_sku,
        {_as_json(VARIANT_COLUMNS)} AS fields
    FROM product_variants
    WHERE deleted_at IS NULL AND (sku = ANY(:skus) OR product_id = ANY(:product_ids))
    ORDER BY id
    """
)
_TAKEN_SLUGS = text(
    "SELECT slug, sku FROM products WHERE slug = ANY(:slugs) AND deleted_at IS NULL AND NOT sku = ANY(:skus)"
)
_WRITE_PRODUCTS = text(
    _upsert("products", PRODUCT_COLUMNS, {"id": "uuid", "published_at": "timestamptz"}).replace(
        "published_at = excluded.published_at", "published_at = coalesce(old.published_at, excluded.published_at)"
    )
)
_WRITE_VARIANTS = text(_upsert("product_variants", VARIANT_COLUMNS, {"id": "uuid", "product_id": "uuid"}))
_ENSURE_CATEGORY_LEVEL = text(
    """
    INSERT INTO categories (id, parent_id, slug, path, name)
    SELECT r.id, parent.id, r.slug, r.path, r.name
    FROM jsonb_to_recordset(:rows) AS r (id uuid, parent text, slug text, path text, name text)
    LEFT JOIN categories parent ON parent.path = r.parent
    ORDER BY r.path
    ON CONFLICT (path) DO NOTHING
    """
)
_ENSURE_TAGS = text(
    """
    INSERT INTO tags (id, slug, name)
    SELECT id, slug, name FROM jsonb_to_recordset(:rows) AS r (id uuid, slug text, name text) ORDER BY slug
    ON CONFLICT (slug) DO NOTHING
    """
)
_PLACE = {
    "categories": (
        "DELETE FROM product_categories WHERE product_id = ANY(:ids)",
        """
        INSERT INTO product_categories (product_id, category_id)
        SELECT r.id, c.id FROM jsonb_to_recordset(:rows) AS r (id uuid, names text[])
        CROSS JOIN unnest(r.names) AS wanted (path) JOIN categories c ON c.path = wanted.path
        """,
    ),
    "tags": (
        "DELETE FROM product_tags WHERE product_id = ANY(:ids)",
        """
        INSERT INTO product_tags (product_id, tag_id)
        SELECT r.id, t.id FROM jsonb_to_recordset(:rows) AS r (id uuid, names text[])
        CROSS JOIN unnest(r.names) AS wanted (slug) JOIN tags t ON t.slug = wanted.slug
        """,
    ),
}


def products_for_update(session: Session, skus: Sequence[str]) -> dict[str, KnownProduct]:
    """Return and lock the products of these SKUs, with what an import may change."""
    return {row.sku: KnownProduct._make(row) for row in session.execute(_PRODUCTS, {"skus": list(skus)})}


def variants_of(session: Session, skus: Sequence[str], product_ids: Sequence[UUID]) -> list[KnownVariant]:
    """Return the variants with these SKUs, and all variants of these products."""
    rows = session.execute(_VARIANTS, {"skus": list(skus), "product_ids": list(product_ids)})
    return [KnownVariant._make(row) for row in rows]


def taken_slugs(session: Session, slugs: Sequence[str], skus: Sequence[str]) -> set[str]:
    """Return those of the slugs that products other than these have."""
    return {row.slug for row in session.execute(_TAKEN_SLUGS, {"slugs": list(slugs), "skus": list(skus)})}


def write_products(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Insert or update products by id, in order of their SKU."""
    if rows:
        session.execute(_WRITE_PRODUCTS, {"rows": Jsonb(list(rows))})


def write_variants(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Insert or update variants by id, in order of their SKU."""
    if rows:
        session.execute(_WRITE_VARIANTS, {"rows": Jsonb(list(rows))})


def ensure_categories(session: Session, levels: Sequence[Sequence[dict[str, Any]]]) -> None:
    """Make the categories that are missing, the roots first; those that are there keep their names."""
    for level in levels:
        session.execute(_ENSURE_CATEGORY_LEVEL, {"rows": Jsonb(list(level))})


def ensure_tags(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Make the tags that are missing."""
    if rows:
        session.execute(_ENSURE_TAGS, {"rows": Jsonb(list(rows))})


def place(session: Session, what: str, names_by_product: dict[str, Sequence[str]]) -> None:
    """Make these the products' categories (by path) or tags (by slug)."""
    if not names_by_product:
        return
    rows = [{"id": product_id, "names": list(names)} for product_id, names in sorted(names_by_product.items())]
    delete, insert = _PLACE[what]
    session.execute(text(delete), {"ids": [UUID(product_id) for product_id in sorted(names_by_product)]})
    session.execute(text(insert), {"rows": Jsonb(rows)})
