"""The SQL of collections as staff work on them."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from ravo.catalog.collections.models import Collection, CollectionProduct


class CountedCollection(NamedTuple):
    """A collection, and how many products it holds."""

    collection: Collection
    size: int


def page_of_collections(session: Session, *, limit: int, offset: int) -> list[CountedCollection]:
    """Return one page of collections by name."""
    statement = select(Collection, _size()).order_by(Collection.name, Collection.id).limit(limit).offset(offset)
    return [CountedCollection._make(row) for row in session.execute(statement)]


def count_collections(session: Session) -> int:
    """Count all collections."""
    return session.scalar(select(func.count()).select_from(Collection)) or 0


def collection_by_id(session: Session, collection_id: UUID) -> tuple[Collection, list[UUID]] | None:
    """Return a collection and its products in order."""
    members = (
        select(
            func.coalesce(func.array_agg(CollectionProduct.product_id.op("ORDER BY")(CollectionProduct.position)), [])
        )
        .where(CollectionProduct.collection_id == Collection.id)
        .scalar_subquery()
    )
    row = session.execute(select(Collection, members).where(Collection.id == collection_id)).one_or_none()
    return (row[0], list(row[1] or [])) if row else None


def update_collection(session: Session, collection_id: UUID, version: int, values: dict[str, Any]) -> bool:
    """Change a collection unless someone changed it since `version`; returns whether it did."""
    statement = (
        update(Collection)
        .where(Collection.id == collection_id, Collection.version == version)
        .values(**values, version=Collection.version + 1, updated_at=func.now())
        .returning(Collection.id)
    )
    return session.scalar(statement) is not None


def replace_members(session: Session, collection_id: UUID, product_ids: Sequence[UUID]) -> None:
    """Make these the collection's products, in this order."""
    session.execute(delete(CollectionProduct).where(CollectionProduct.collection_id == collection_id))
    rows = [
        {"collection_id": collection_id, "product_id": product_id, "position": position}
        for position, product_id in enumerate(dict.fromkeys(product_ids))
    ]
    if rows:
        session.execute(insert(CollectionProduct), rows)


def delete_collection(session: Session, collection_id: UUID) -> bool:
    """Delete a collection; returns whether it was there."""
    return session.scalar(delete(Collection).where(Collection.id == collection_id).returning(Collection.id)) is not None


def _size() -> Any:
    return (
        select(func.count())
        .select_from(CollectionProduct)
        .where(CollectionProduct.collection_id == Collection.id)
        .scalar_subquery()
        .label("size")
    )
