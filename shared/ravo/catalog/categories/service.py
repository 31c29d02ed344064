"""The rules of categories: made, changed, moved with all below them, deleted when empty."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.categories import queries
from ravo.catalog.categories.models import Category
from ravo.catalog.categories.schemas import CategoryChange, CategoryInput
from ravo.catalog.errors import CategoryCycle, CategoryInUse, CategoryNotFound, SlugTaken, UnknownReference
from ravo.catalog.events import CategoryChanged, CategoryDeleted
from ravo.catalog.projections import service as projections
from ravo.catalog.text import slug_of
from ravo.platform import outbox
from ravo.platform.constraints import raising_for_constraints
from ravo.platform.errors import Refusal, VersionConflict
from ravo.platform.ids import uuid7

_TAKEN: Mapping[str, type[Refusal]] = {"uq_categories_path": SlugTaken, "fk_categories_parent_id": UnknownReference}


def create(session: Session, given: CategoryInput) -> Category:
    """Make a category. Refuses with `SlugTaken` among its siblings, or `UnknownReference` for its parent."""
    slug = given.slug or slug_of(given.name)
    category = Category(
        id=uuid7(),
        slug=slug,
        path=_path(session, given.parent_id, slug),
        version=1,
        **given.model_dump(exclude={"slug"}),
    )
    with raising_for_constraints(_TAKEN):
        session.add(category)
        session.flush()
    outbox.record(session, CategoryChanged(aggregate_id=category.id, version=1, path=category.path))
    return category


def change(session: Session, category_id: UUID, given: CategoryChange) -> Category:
    """Change, rename or move a category with all below it.

    Refuses with `CategoryNotFound`, `VersionConflict`, `SlugTaken`, `UnknownReference` or `CategoryCycle`.
    """
    category = _category(session, category_id)
    values = _sent(given)
    old_path = category.path
    new_path = _path(
        session, values.get("parent_id", category.parent_id), values.get("slug", category.slug), moving=category
    )
    with raising_for_constraints(_TAKEN):
        if not queries.update_category(session, category_id, given.version, values | {"path": new_path}):
            raise VersionConflict
    if new_path != old_path:
        queries.move_below(session, old=old_path, new=new_path)
    if new_path != old_path or "name" in values:
        projections.refresh(session, queries.products_in_category(session, category_id))
    session.refresh(category)
    outbox.record(session, CategoryChanged(aggregate_id=category_id, version=category.version, path=new_path))
    return category


def delete(session: Session, category_id: UUID) -> None:
    """Delete an empty category. Refuses with `CategoryNotFound` or `CategoryInUse`."""
    category = _category(session, category_id)
    if queries.in_use(session, category_id):
        raise CategoryInUse
    session.expunge(category)
    queries.delete_category(session, category_id)
    outbox.record(session, CategoryDeleted(aggregate_id=category_id, version=category.version + 1, path=category.path))


def _path(session: Session, parent_id: UUID | None, slug: str, *, moving: Category | None = None) -> str:
    if parent_id is None:
        return slug
    parent = queries.category_by_id(session, parent_id)
    if parent is None:
        raise UnknownReference("There is no such parent category.")
    if moving and (parent.id == moving.id or parent.path.startswith(f"{moving.path}/")):
        raise CategoryCycle
    return f"{parent.path}/{slug}"


def _category(session: Session, category_id: UUID) -> Category:
    category = queries.category_by_id(session, category_id)
    if category is None:
        raise CategoryNotFound
    return category


def _sent(given: CategoryChange) -> dict[str, Any]:
    """Return the fields that were sent. A null parent moves the category to the root; other nulls count as left out."""
    values = given.model_dump(exclude_unset=True, exclude={"version"})
    return {name: value for name, value in values.items() if value is not None or name == "parent_id"}
