"""The SQL of exports: products with all that a file holds of them, page by page."""

from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session


class ExportedProduct(NamedTuple):
    """A product with all that an export holds: columns as JSON, categories as paths of `[slug, name]`."""

    product: dict[str, Any]
    tags: list[str]
    categories: list[list[list[str]]]
    variants: list[dict[str, Any]]


_PAGE = text(
    """
    SELECT to_jsonb(p) || jsonb_build_object('base_price', trim_scale(p.base_price)::text,
            'sale_price', trim_scale(p.sale_price)::text, 'compare_at_price', trim_scale(p.compare_at_price)::text,
            'cost_price', trim_scale(p.cost_price)::text) AS product,
        ARRAY(SELECT t.name FROM product_tags pt JOIN tags t ON t.id = pt.tag_id
            WHERE pt.product_id = p.id ORDER BY t.slug) AS tags,
        (SELECT coalesce(json_agg(levels), '[]') FROM (
            SELECT (SELECT json_agg(json_build_array(above.slug, above.name) ORDER BY length(above.path))
                FROM categories above WHERE above.path = c.path OR starts_with(c.path, above.path || '/')) AS levels
            FROM product_categories pc JOIN categories c ON c.id = pc.category_id
            WHERE pc.product_id = p.id ORDER BY c.path) paths) AS categories,
        (SELECT coalesce(json_agg(to_jsonb(v) || jsonb_build_object('price', trim_scale(v.price)::text,
                'compare_at_price', trim_scale(v.compare_at_price)::text, 'cost_price', trim_scale(v.cost_price)::text)
                ORDER BY v.position, v.id), '[]')
            FROM product_variants v WHERE v.product_id = p.id AND v.deleted_at IS NULL) AS variants
    FROM (
        SELECT * FROM products WHERE deleted_at IS NULL AND sku > :after ORDER BY sku LIMIT :limit
    ) p
    ORDER BY p.sku
    """
)


def page_of_products(session: Session, *, after: str, limit: int) -> list[ExportedProduct]:
    """Return the next products by SKU."""
    return [ExportedProduct._make(row) for row in session.execute(_PAGE, {"after": after, "limit": limit})]
