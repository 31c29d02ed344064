"""The SQL of enrichment: the texts of products, and the vectors and tags that were found for them."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session


class Described(NamedTuple):
    """A product's text, and which text was last embedded by which model."""

    id: UUID
    text: str
    model: str | None
    text_hash: bytes | None


_DESCRIPTIONS = text(
    """
    SELECT p.id, concat_ws(' ', p.name, p.name, c.names, array_to_string(p.features, ' '), p.materials,
            plain_text(p.short_description || ' ' || p.description)) AS text,
        e.model, e.text_hash
    FROM products p
    LEFT JOIN product_embeddings e ON e.product_id = p.id
    CROSS JOIN LATERAL (
        SELECT string_agg(c.name, ' ' ORDER BY c.path) AS names
        FROM product_categories pc JOIN categories c ON c.id = pc.category_id
        WHERE pc.product_id = p.id
    ) c
    WHERE p.id = ANY(:ids) AND p.deleted_at IS NULL
    ORDER BY p.id
    """
)

# A product that was deleted meanwhile has no row that the vector could refer to.
_SAVE = text(
    """
    INSERT INTO product_embeddings (product_id, model, text_hash, embedding, embedded_at)
    SELECT id, :model, :text_hash, CAST(:embedding AS halfvec), now() FROM products WHERE id = :product_id
    ON CONFLICT (product_id) DO UPDATE SET
        model = excluded.model, text_hash = excluded.text_hash, embedding = excluded.embedding, embedded_at = now()
    """
)
_SAVE_TAGS = text("UPDATE products SET auto_tags = :auto_tags WHERE id = :id")


def descriptions(session: Session, product_ids: Sequence[UUID]) -> Sequence[Described]:
    """Return the texts of products; the name counts twice."""
    return [Described(*row) for row in session.execute(_DESCRIPTIONS, {"ids": list(product_ids)})]


def save(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Store vectors, in order of the key."""
    session.execute(_SAVE, sorted(rows, key=lambda row: row["product_id"]))


def save_tags(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Store the tags that were found, in order of the key."""
    session.execute(_SAVE_TAGS, sorted(rows, key=lambda row: row["id"]))
