"""The rules of collections: made, changed, their products chosen and ordered."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.collections import queries
from ravo.catalog.collections.models import Collection
from ravo.catalog.collections.schemas import CollectionChange, CollectionInput
from ravo.catalog.errors import CollectionNotFound, SlugTaken, UnknownReference
from ravo.catalog.events import CollectionChanged, CollectionDeleted
from ravo.catalog.text import slug_of
from ravo.platform import outbox
from ravo.platform.constraints import raising_for_constraints
from ravo.platform.errors import Refusal, VersionConflict
from ravo.platform.ids import uuid7

_TAKEN: Mapping[str, type[Refusal]] = {
    "uq_collections_slug": SlugTaken,
    "fk_collection_products_product_id": UnknownReference,
}


def create(session: Session, given: CollectionInput) -> Collection:
    """Make a collection. Refuses with `SlugTaken`, or `UnknownReference` for a product that does not exist."""
    collection = Collection(
        id=uuid7(),
        slug=given.slug or slug_of(given.name),
        name=given.name,
        description=given.description,
        is_active=given.is_active,
        version=1,
    )
    with raising_for_constraints(_TAKEN):
        session.add(collection)
        session.flush()
        queries.replace_members(session, collection.id, given.product_ids)
    outbox.record(session, CollectionChanged(aggregate_id=collection.id, version=1, slug=collection.slug))
    return collection


def change(session: Session, collection_id: UUID, given: CollectionChange) -> None:
    """Change a collection, or choose and order its products again.

    Refuses with `CollectionNotFound`, `VersionConflict`, `SlugTaken` or `UnknownReference`.
    """
    collection, _ = get(session, collection_id)
    values = _sent(given)
    members = values.pop("product_ids", None)
    with raising_for_constraints(_TAKEN):
        if not queries.update_collection(session, collection_id, given.version, values):
            raise VersionConflict
        if members is not None:
            queries.replace_members(session, collection_id, members)
    slug = str(values.get("slug", collection.slug))
    session.expire(collection)
    outbox.record(session, CollectionChanged(aggregate_id=collection_id, version=given.version + 1, slug=slug))


def delete(session: Session, collection_id: UUID) -> None:
    """Delete a collection; its products stay. Refuses with `CollectionNotFound`."""
    collection, _ = get(session, collection_id)
    session.expunge(collection)
    queries.delete_collection(session, collection_id)
    outbox.record(
        session,
        CollectionDeleted(aggregate_id=collection_id, version=collection.version + 1, slug=collection.slug),
    )


def get(session: Session, collection_id: UUID) -> tuple[Collection, list[UUID]]:
    """Return a collection and its products in order. Refuses with `CollectionNotFound`."""
    found = queries.collection_by_id(session, collection_id)
    if found is None:
        raise CollectionNotFound
    return found


def _sent(given: CollectionChange) -> dict[str, Any]:
    """Return the fields that were sent; a null counts as left out."""
    return given.model_dump(exclude_unset=True, exclude_none=True, exclude={"version"})
