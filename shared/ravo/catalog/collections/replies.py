"""Collections as staff see them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.collections import queries, service
from ravo.catalog.collections.models import Collection
from ravo.catalog.collections.schemas import AdminCollection, AdminCollectionSummary
from ravo.platform.paging import Page, Paging


def collection_of(session: Session, collection_id: UUID) -> AdminCollection:
    """Return a collection as staff see it. Refuses with `CollectionNotFound`."""
    collection, product_ids = service.get(session, collection_id)
    own = {name: getattr(collection, name) for name in AdminCollection.model_fields if name != "product_ids"}
    return AdminCollection(**own, product_ids=product_ids)


def page_of_collections(session: Session, paging: Paging) -> tuple[Sequence[AdminCollectionSummary], Page]:
    """Return one page of collections by name."""
    rows = queries.page_of_collections(session, limit=paging.limit, offset=paging.offset)
    shown = [_collection(row.collection, row.size) for row in rows]
    return shown, Page.of(paging, queries.count_collections(session))


def _collection(collection: Collection, size: int) -> AdminCollectionSummary:
    return AdminCollectionSummary(
        id=collection.id,
        slug=collection.slug,
        name=collection.name,
        is_active=collection.is_active,
        product_count=size,
        version=collection.version,
    )
