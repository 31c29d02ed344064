"""Categories, tags and collections as staff see them: rows made into replies."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.categories.models import Category
from ravo.catalog.categories.schemas import AdminCategory
from ravo.catalog.collections.models import Collection
from ravo.catalog.collections.schemas import AdminCollection, AdminCollectionSummary
from ravo.catalog.errors import TagNotFound
from ravo.catalog.queries import categories, collections, tags
from ravo.catalog.service import groups
from ravo.catalog.tags.schemas import AdminTag
from ravo.platform.paging import Page, Paging


def category_of(category: Category) -> AdminCategory:
    """Return a category as staff see it."""
    return AdminCategory.model_validate(category)


def page_of_categories(session: Session, paging: Paging) -> tuple[Sequence[AdminCategory], Page]:
    """Return one page of categories by path."""
    rows = categories.page_of_categories(session, limit=paging.limit, offset=paging.offset)
    return [category_of(row) for row in rows], Page.of(paging, categories.count_categories(session))


def tag_of(session: Session, tag_id: UUID) -> AdminTag:
    """Return a tag as staff see it. Refuses with `TagNotFound`."""
    found = tags.tag_with_size(session, tag_id)
    if found is None:
        raise TagNotFound
    return _tag(found)


def page_of_tags(session: Session, paging: Paging) -> tuple[Sequence[AdminTag], Page]:
    """Return one page of tags by slug."""
    rows = tags.page_of_tags(session, limit=paging.limit, offset=paging.offset)
    return [_tag(row) for row in rows], Page.of(paging, tags.count_tags(session))


def collection_of(session: Session, collection_id: UUID) -> AdminCollection:
    """Return a collection as staff see it. Refuses with `CollectionNotFound`."""
    collection, product_ids = groups.get_collection(session, collection_id)
    own = {name: getattr(collection, name) for name in AdminCollection.model_fields if name != "product_ids"}
    return AdminCollection(**own, product_ids=product_ids)


def page_of_collections(session: Session, paging: Paging) -> tuple[Sequence[AdminCollectionSummary], Page]:
    """Return one page of collections by name."""
    rows = collections.page_of_collections(session, limit=paging.limit, offset=paging.offset)
    shown = [_collection(row.Collection, row.size) for row in rows]
    return shown, Page.of(paging, collections.count_collections(session))


def _collection(collection: Collection, size: int) -> AdminCollectionSummary:
    return AdminCollectionSummary(
        id=collection.id,
        slug=collection.slug,
        name=collection.name,
        is_active=collection.is_active,
        product_count=size,
        version=collection.version,
    )


def _tag(row: Any) -> AdminTag:
    tag = row.Tag
    return AdminTag(id=tag.id, slug=tag.slug, name=tag.name, product_count=row.size, version=tag.version)
