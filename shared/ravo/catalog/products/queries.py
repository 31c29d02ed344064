"""The SQL of products as staff work on them."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, select, text
from sqlalchemy.orm import Session

from ravo.catalog.categories.models import ProductCategory
from ravo.catalog.models import Product, ProductTranslation, ProductVariant
from ravo.catalog.tags.models import ProductTag


class Around(NamedTuple):
    """What surrounds a product: its categories, tags and translations, and how many variants it has."""

    variant_count: int
    categories: list[dict[str, Any]]
    tags: list[str]
    translations: dict[str, dict[str, str]]


class CountedProduct(NamedTuple):
    """A product, how many variants it has, and how many units of them there are."""

    product: Product
    variant_count: int
    available: int


_AROUND = text(
    """
    SELECT
        (SELECT count(*) FROM product_variants WHERE product_id = :id AND deleted_at IS NULL) AS variant_count,
        (SELECT coalesce(json_agg(json_build_object('id', c.id, 'slug', c.slug, 'path', c.path, 'name', c.name)
            ORDER BY c.path), '[]')
            FROM product_categories pc JOIN categories c ON c.id = pc.category_id
            WHERE pc.product_id = :id) AS categories,
        (SELECT coalesce(array_agg(tags.name ORDER BY tags.name), '{}')
            FROM product_tags JOIN tags ON tags.id = product_tags.tag_id WHERE product_id = :id) AS tags,
        (SELECT coalesce(json_object_agg(locale, json_build_object('name', name, 'description', description,
            'shortDescription', short_description, 'metaTitle', meta_title, 'metaDescription', meta_description)), '{}')
            FROM product_translations WHERE product_id = :id) AS translations
    """
)

_ENSURE_TAGS = text(
    """
    WITH wanted AS (
        SELECT id, slug, name
        FROM unnest(CAST(:ids AS uuid[]), CAST(:slugs AS text[]), CAST(:names AS text[])) AS w (id, slug, name)
    ),
    made AS (
        INSERT INTO tags (id, slug, name) SELECT id, slug, name FROM wanted ORDER BY slug
        ON CONFLICT (slug) DO NOTHING
        RETURNING id
    )
    SELECT id FROM made UNION ALL SELECT tags.id FROM tags JOIN wanted USING (slug)
    """
)


def product_for_update(session: Session, product_id: UUID) -> Product | None:
    """Return and lock a product."""
    statement = select(Product).where(Product.id == product_id, Product.deleted_at.is_(None)).with_for_update()
    return session.scalar(statement)


def product_by_id(session: Session, product_id: UUID) -> Product | None:
    """Return a product."""
    return session.scalar(select(Product).where(Product.id == product_id, Product.deleted_at.is_(None)))


def around(session: Session, product_id: UUID) -> Around:
    """Return a product's categories, tags and translations, and how many variants it has."""
    return Around._make(session.execute(_AROUND, {"id": product_id}).one())


def page_of_products(
    session: Session, *, status: str | None, search: str, limit: int, offset: int, cursor: UUID | None
) -> list[CountedProduct]:
    """Return one page of products, the newest first; with `cursor` it continues after that product."""
    variants = (
        select(func.count().label("count"), func.coalesce(func.sum(ProductVariant.available), 0).label("available"))
        .where(ProductVariant.product_id == Product.id, ProductVariant.deleted_at.is_(None))
        .lateral("variants")
    )
    statement = select(Product, variants.c.count, variants.c.available).join(variants, text("true"))
    statement = statement.where(*_conditions(status, search))
    if cursor:
        statement = statement.where(Product.id < cursor)
    rows = session.execute(statement.order_by(Product.id.desc()).limit(limit).offset(offset))
    return [CountedProduct._make(row) for row in rows]


def count_products(session: Session, *, status: str | None, search: str) -> int:
    """Count all products in the admin's list."""
    return session.scalar(select(func.count()).select_from(Product).where(*_conditions(status, search))) or 0


def _conditions(status: str | None, search: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Product.deleted_at.is_(None)]
    if status:
        conditions.append(Product.status == status)
    if search:
        by_name = func.to_tsvector(text("'simple'"), Product.name).bool_op("@@")(
            func.plainto_tsquery(text("'simple'"), search)
        )
        escaped = search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        conditions.append(by_name | Product.sku.like(f"{escaped}%"))
    return conditions


def replace_categories(session: Session, product_id: UUID, category_ids: Sequence[UUID]) -> None:
    """Make these the product's categories."""
    session.execute(delete(ProductCategory).where(ProductCategory.product_id == product_id))
    rows = [{"product_id": product_id, "category_id": category_id} for category_id in dict.fromkeys(category_ids)]
    if rows:
        session.execute(insert(ProductCategory), rows)


def ensure_tags(session: Session, tags: Sequence[dict[str, Any]]) -> list[UUID]:
    """Make the tags that are missing by slug, and return the ids of all."""
    values = {
        "ids": [tag["id"] for tag in tags],
        "slugs": [tag["slug"] for tag in tags],
        "names": [tag["name"] for tag in tags],
    }
    return list(session.scalars(_ENSURE_TAGS, values))


def replace_tags(session: Session, product_id: UUID, tag_ids: Sequence[UUID]) -> None:
    """Make these the product's tags."""
    session.execute(delete(ProductTag).where(ProductTag.product_id == product_id))
    rows = [{"product_id": product_id, "tag_id": tag_id} for tag_id in dict.fromkeys(tag_ids)]
    if rows:
        session.execute(insert(ProductTag), rows)


def replace_translations(session: Session, product_id: UUID, rows: Sequence[dict[str, Any]]) -> None:
    """Make these the product's translations."""
    session.execute(delete(ProductTranslation).where(ProductTranslation.product_id == product_id))
    if rows:
        session.execute(insert(ProductTranslation), [{"product_id": product_id} | row for row in rows])
