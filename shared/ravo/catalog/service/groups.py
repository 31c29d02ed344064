"""Categories, tags and collections: what products stand in."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.categories.models import Category
from ravo.catalog.categories.schemas import CategoryChange, CategoryInput
from ravo.catalog.collections.models import Collection
from ravo.catalog.collections.schemas import CollectionChange, CollectionInput
from ravo.catalog.errors import (
    CategoryCycle,
    CategoryInUse,
    CategoryNotFound,
    CollectionNotFound,
    SlugTaken,
    TagNotFound,
    UnknownReference,
)
from ravo.catalog.events import CategoryChanged, CategoryDeleted, CollectionChanged, CollectionDeleted, TagChanged
from ravo.catalog.queries import categories, collections, listings, tags
from ravo.catalog.tags.models import Tag
from ravo.catalog.tags.schemas import TagChange, TagInput
from ravo.catalog.text import slug_of
from ravo.platform import outbox
from ravo.platform.constraints import refusing
from ravo.platform.errors import Refusal, VersionConflict
from ravo.platform.ids import uuid7

_TAKEN: Mapping[str, type[Refusal]] = {
    "uq_categories_path": SlugTaken,
    "uq_tags_slug": SlugTaken,
    "uq_collections_slug": SlugTaken,
    "fk_categories_parent_id": UnknownReference,
    "fk_collection_products_product_id": UnknownReference,
}


def create_category(session: Session, given: CategoryInput) -> Category:
    """Make a category. Refuses with `SlugTaken` beside its siblings, or `UnknownReference` for its parent."""
    slug = given.slug or slug_of(given.name)
    category = Category(
        id=uuid7(),
        slug=slug,
        path=_path(session, given.parent_id, slug),
        version=1,
        **given.model_dump(exclude={"slug"}),
    )
    with refusing(_TAKEN):
        session.add(category)
        session.flush()
    outbox.record(session, CategoryChanged(aggregate_id=category.id, version=1, path=category.path))
    return category


def change_category(session: Session, category_id: UUID, given: CategoryChange) -> Category:
    """Change, rename or move a category with all below it.

    Refuses with `CategoryNotFound`, `VersionConflict`, `SlugTaken`, `UnknownReference` or `CategoryCycle`.
    """
    category = _category(session, category_id)
    values = _sent(given, nullable="parent_id")
    old_path = category.path
    new_path = _path(
        session, values.get("parent_id", category.parent_id), values.get("slug", category.slug), moving=category
    )
    with refusing(_TAKEN):
        if not categories.update_category(session, category_id, given.version, values | {"path": new_path}):
            raise VersionConflict
    if new_path != old_path:
        categories.move_below(session, old=old_path, new=new_path)
    if new_path != old_path or "name" in values:
        listings.refresh(session, listings.products_in_category(session, category_id))
    session.refresh(category)
    outbox.record(session, CategoryChanged(aggregate_id=category_id, version=category.version, path=new_path))
    return category


def delete_category(session: Session, category_id: UUID) -> None:
    """Delete a category that nothing stands in. Refuses with `CategoryNotFound` or `CategoryInUse`."""
    category = _category(session, category_id)
    if categories.in_use(session, category_id):
        raise CategoryInUse
    session.expunge(category)
    categories.delete_category(session, category_id)
    outbox.record(session, CategoryDeleted(aggregate_id=category_id, version=category.version + 1, path=category.path))


def create_tag(session: Session, given: TagInput) -> Tag:
    """Make a tag. Refuses with `SlugTaken`."""
    tag = Tag(id=uuid7(), slug=given.slug or slug_of(given.name), name=given.name, version=1)
    with refusing(_TAKEN):
        session.add(tag)
        session.flush()
    return tag


def change_tag(session: Session, tag_id: UUID, given: TagChange) -> None:
    """Rename a tag. Refuses with `TagNotFound`, `VersionConflict` or `SlugTaken`."""
    tag = _tag(session, tag_id)
    values = _sent(given)
    with refusing(_TAKEN):
        if not tags.update_tag(session, tag_id, given.version, values):
            raise VersionConflict
    listings.refresh(session, listings.products_with_tag(session, tag_id))
    slug = str(values.get("slug", tag.slug))
    outbox.record(session, TagChanged(aggregate_id=tag_id, version=given.version + 1, slug=slug))


def delete_tag(session: Session, tag_id: UUID) -> None:
    """Delete a tag; products lose it. Refuses with `TagNotFound`."""
    tag = _tag(session, tag_id)
    concerned = listings.products_with_tag(session, tag_id)
    session.expunge(tag)
    tags.delete_tag(session, tag_id)
    listings.refresh(session, concerned)
    outbox.record(session, TagChanged(aggregate_id=tag_id, version=tag.version + 1, slug=tag.slug))


def create_collection(session: Session, given: CollectionInput) -> Collection:
    """Make a collection. Refuses with `SlugTaken`, or `UnknownReference` for a product that does not exist."""
    collection = Collection(
        id=uuid7(),
        slug=given.slug or slug_of(given.name),
        name=given.name,
        description=given.description,
        is_active=given.is_active,
        version=1,
    )
    with refusing(_TAKEN):
        session.add(collection)
        session.flush()
        collections.replace_members(session, collection.id, given.product_ids)
    outbox.record(session, CollectionChanged(aggregate_id=collection.id, version=1, slug=collection.slug))
    return collection


def change_collection(session: Session, collection_id: UUID, given: CollectionChange) -> None:
    """Change a collection, or choose and order its products anew.

    Refuses with `CollectionNotFound`, `VersionConflict`, `SlugTaken` or `UnknownReference`.
    """
    collection, _ = get_collection(session, collection_id)
    values = _sent(given)
    members = values.pop("product_ids", None)
    with refusing(_TAKEN):
        if not collections.update_collection(session, collection_id, given.version, values):
            raise VersionConflict
        if members is not None:
            collections.replace_members(session, collection_id, members)
    slug = str(values.get("slug", collection.slug))
    session.expire(collection)
    outbox.record(session, CollectionChanged(aggregate_id=collection_id, version=given.version + 1, slug=slug))


def delete_collection(session: Session, collection_id: UUID) -> None:
    """Delete a collection; its products stay. Refuses with `CollectionNotFound`."""
    collection, _ = get_collection(session, collection_id)
    session.expunge(collection)
    collections.delete_collection(session, collection_id)
    outbox.record(
        session,
        CollectionDeleted(aggregate_id=collection_id, version=collection.version + 1, slug=collection.slug),
    )


def get_collection(session: Session, collection_id: UUID) -> tuple[Collection, list[UUID]]:
    """Return a collection and its products in order. Refuses with `CollectionNotFound`."""
    found = collections.collection_by_id(session, collection_id)
    if found is None:
        raise CollectionNotFound
    return found


def _sent(given: CategoryChange | TagChange | CollectionChange, *, nullable: str = "") -> dict[str, Any]:
    """Return what was sent; null means something only for the nullable field, elsewhere it is as if left out."""
    values = given.model_dump(exclude_unset=True, exclude={"version"})
    return {name: value for name, value in values.items() if value is not None or name == nullable}


def _path(session: Session, parent_id: UUID | None, slug: str, *, moving: Category | None = None) -> str:
    if parent_id is None:
        return slug
    parent = categories.category_by_id(session, parent_id)
    if parent is None:
        raise UnknownReference("There is no such parent category.")
    if moving and (parent.id == moving.id or parent.path.startswith(f"{moving.path}/")):
        raise CategoryCycle
    return f"{parent.path}/{slug}"


def _category(session: Session, category_id: UUID) -> Category:
    category = categories.category_by_id(session, category_id)
    if category is None:
        raise CategoryNotFound
    return category


def _tag(session: Session, tag_id: UUID) -> Tag:
    found = tags.tag_with_size(session, tag_id)
    if found is None:
        raise TagNotFound
    return found[0]
