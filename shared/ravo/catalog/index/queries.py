"""The SQL that derives the index: one set of statements, however many products changed."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

_LOCK = text("SELECT product_id FROM product_listings WHERE product_id = ANY(:ids) ORDER BY product_id FOR UPDATE")
# A product is listed while it is active, has a time to appear, is not hidden, and has something to buy.
_REMOVE = text(
    """
    DELETE FROM product_listings
    WHERE product_id = ANY(:ids) AND product_id NOT IN (
        SELECT p.id FROM products p
        WHERE p.id = ANY(:ids) AND p.status = 'active' AND p.deleted_at IS NULL AND p.published_at IS NOT NULL
            AND p.visibility <> 'hidden'
            AND EXISTS (
                SELECT FROM product_variants v WHERE v.product_id = p.id AND v.is_active AND v.deleted_at IS NULL
            )
    )
    """
)

_UPSERT = text(
    """
    INSERT INTO product_listings AS listed (
        product_id, published_at, sales_count, variant_count, in_stock, browsable, price, price_to, rating, name,
        categories, sizes, colors, features
    )
    SELECT p.id, p.published_at, p.sales_count, v.variant_count, v.in_stock, p.visibility = 'visible', v.price,
        v.price_to, coalesce(p.average_rating, 0), p.name, c.categories, v.sizes, v.colors, p.features
    FROM products p
    JOIN LATERAL (
        SELECT count(*) AS variant_count, min(coalesce(price, p.sale_price, p.base_price)) AS price,
            max(coalesce(price, p.sale_price, p.base_price)) AS price_to,
            bool_or(available > 0) OR p.allow_backorder OR NOT p.track_inventory AS in_stock,
            coalesce(array_agg(DISTINCT size) FILTER (WHERE size IS NOT NULL), '{}') AS sizes,
            coalesce(array_agg(DISTINCT color) FILTER (WHERE color IS NOT NULL), '{}') AS colors
        FROM product_variants
        WHERE product_id = p.id AND is_active AND deleted_at IS NULL
        HAVING count(*) > 0
    ) v ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(DISTINCT word), '{}') AS categories
        FROM product_categories pc
        JOIN categories own ON own.id = pc.category_id
        JOIN categories above ON own.path = above.path OR starts_with(own.path, above.path || '/')
        CROSS JOIN LATERAL (VALUES ('/' || above.path), (above.slug)) AS said (word)
        WHERE pc.product_id = p.id
    ) c
    WHERE p.id = ANY(:ids) AND p.status = 'active' AND p.deleted_at IS NULL AND p.published_at IS NOT NULL
        AND p.visibility <> 'hidden'
    ON CONFLICT (product_id) DO UPDATE SET
        published_at = excluded.published_at, sales_count = excluded.sales_count,
        variant_count = excluded.variant_count, in_stock = excluded.in_stock,
        browsable = excluded.browsable, price = excluded.price, price_to = excluded.price_to,
        rating = excluded.rating, name = excluded.name, categories = excluded.categories, sizes = excluded.sizes,
        colors = excluded.colors, features = excluded.features
    WHERE (listed.*) IS DISTINCT FROM (excluded.*)
    """
)

_UPSERT_SEARCH = text(
    """
    INSERT INTO product_search AS found (product_id, published_at, sales_count, search)
    SELECT l.product_id, l.published_at, l.sales_count,
        setweight(to_tsvector('english', fold(p.name)), 'A')
        || setweight(to_tsvector('english', fold(concat_ws(' ', p.sku, c.names, t.names))), 'B')
        || setweight(to_tsvector('english', fold(concat_ws(' ', array_to_string(p.features || l.colors, ' '),
            p.materials, array_to_string(p.auto_tags, ' ')))), 'C')
        || setweight(to_tsvector('english', fold(plain_text(p.short_description || ' ' || p.description))), 'D')
        || coalesce(i18n.search, ''::tsvector)
    FROM product_listings l
    JOIN products p ON p.id = l.product_id
    CROSS JOIN LATERAL (
        SELECT string_agg(DISTINCT own.name, ' ') AS names
        FROM product_categories pc JOIN categories own ON own.id = pc.category_id
        WHERE pc.product_id = p.id
    ) c
    CROSS JOIN LATERAL (
        SELECT string_agg(tags.name, ' ' ORDER BY tags.name) AS names
        FROM product_tags JOIN tags ON tags.id = product_tags.tag_id
        WHERE product_tags.product_id = p.id
    ) t
    CROSS JOIN LATERAL (
        SELECT tsvector_join(
            setweight(to_tsvector(text_search_of(locale), fold(name)), 'A')
            || setweight(
                to_tsvector(text_search_of(locale), fold(plain_text(short_description || ' ' || description))), 'D'
            )
        ) AS search
        FROM product_translations WHERE product_id = p.id
    ) i18n
    WHERE l.product_id = ANY(:ids)
    ON CONFLICT (product_id) DO UPDATE SET
        published_at = excluded.published_at, sales_count = excluded.sales_count, search = excluded.search
    WHERE (found.*) IS DISTINCT FROM (excluded.*)
    """
)

# The words that people know a product by; searches are corrected towards them.
_LEARN_TERMS = text(
    """
    INSERT INTO search_terms (term, trigrams)
    SELECT word, trigrams_of(word)
    FROM (
        SELECT DISTINCT word
        FROM products p
        LEFT JOIN product_translations i18n ON i18n.product_id = p.id
        LEFT JOIN product_listings l ON l.product_id = p.id
        CROSS JOIN LATERAL regexp_split_to_table(
            fold(concat_ws(' ', p.name, i18n.name, array_to_string(p.features || l.colors, ' '),
                (SELECT string_agg(categories.name, ' ') FROM product_categories
                    JOIN categories ON categories.id = product_categories.category_id
                    WHERE product_categories.product_id = p.id),
                (SELECT string_agg(tags.name, ' ') FROM product_tags
                    JOIN tags ON tags.id = product_tags.tag_id
                    WHERE product_tags.product_id = p.id))),
            '[^[:alpha:]]+'
        ) AS word
        WHERE p.id = ANY(:ids) AND length(word) BETWEEN 3 AND 40
    ) words
    -- Two that insert the same words at once wait for each other, and do so in the same order.
    ORDER BY word
    ON CONFLICT DO NOTHING
    """
)

_TURN_IN_STOCK = text(
    """
    UPDATE product_listings l SET in_stock = n.in_stock
    FROM (
        SELECT p.id, bool_or(v.available > 0) OR p.allow_backorder OR NOT p.track_inventory AS in_stock
        FROM products p JOIN product_variants v ON v.product_id = p.id
        WHERE p.id = ANY(:ids) AND v.is_active AND v.deleted_at IS NULL
        GROUP BY p.id
    ) n
    WHERE l.product_id = n.id AND l.in_stock <> n.in_stock
    RETURNING l.product_id
    """
)


def remove_unlisted(session: Session, product_ids: Sequence[UUID]) -> None:
    """Remove the rows of those of these products that are no longer on sale."""
    session.execute(_REMOVE, {"ids": sorted(product_ids)})


def write_listings(session: Session, product_ids: Sequence[UUID]) -> None:
    """Write the rows that lists read, for those of these products that are on sale."""
    session.execute(_UPSERT, {"ids": sorted(product_ids)})


def write_search(session: Session, product_ids: Sequence[UUID]) -> None:
    """Write the words of these products that searches read."""
    session.execute(_UPSERT_SEARCH, {"ids": sorted(product_ids)})


def learn_terms(session: Session, product_ids: Sequence[UUID]) -> None:
    """Add the words that people know these products by to those that searches are corrected towards."""
    session.execute(_LEARN_TERMS, {"ids": sorted(product_ids)})


def lock_for_update(session: Session, product_ids: Sequence[UUID]) -> None:
    """Lock the listings of products, in the order of their ids."""
    session.execute(_LOCK, {"ids": list(product_ids)})


def turn_in_stock(session: Session, product_ids: Sequence[UUID]) -> list[UUID]:
    """Update whether these products are in stock; returns those that changed. Their listings must be locked."""
    return list(session.scalars(_TURN_IN_STOCK, {"ids": list(product_ids)}))
