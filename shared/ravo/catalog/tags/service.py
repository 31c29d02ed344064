"""The rules of tags: made, renamed, deleted."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.errors import SlugTaken, TagNotFound
from ravo.catalog.events import TagChanged
from ravo.catalog.projections import service as projections
from ravo.catalog.tags import queries
from ravo.catalog.tags.models import Tag
from ravo.catalog.tags.schemas import TagChange, TagInput
from ravo.catalog.text import slug_of
from ravo.platform import outbox
from ravo.platform.constraints import raising_for_constraints
from ravo.platform.errors import Refusal, VersionConflict
from ravo.platform.ids import uuid7

_TAKEN: Mapping[str, type[Refusal]] = {"uq_tags_slug": SlugTaken}


def create(session: Session, given: TagInput) -> Tag:
    """Make a tag. Refuses with `SlugTaken`."""
    tag = Tag(id=uuid7(), slug=given.slug or slug_of(given.name), name=given.name, version=1)
    with raising_for_constraints(_TAKEN):
        session.add(tag)
        session.flush()
    return tag


def change(session: Session, tag_id: UUID, given: TagChange) -> None:
    """Rename a tag. Refuses with `TagNotFound`, `VersionConflict` or `SlugTaken`."""
    tag = _tag(session, tag_id)
    values = _sent(given)
    with raising_for_constraints(_TAKEN):
        if not queries.update_tag(session, tag_id, given.version, values):
            raise VersionConflict
    projections.refresh(session, queries.products_with_tag(session, tag_id))
    slug = str(values.get("slug", tag.slug))
    outbox.record(session, TagChanged(aggregate_id=tag_id, version=given.version + 1, slug=slug))


def delete(session: Session, tag_id: UUID) -> None:
    """Delete a tag; products lose it. Refuses with `TagNotFound`."""
    tag = _tag(session, tag_id)
    concerned = queries.products_with_tag(session, tag_id)
    session.expunge(tag)
    queries.delete_tag(session, tag_id)
    projections.refresh(session, concerned)
    outbox.record(session, TagChanged(aggregate_id=tag_id, version=tag.version + 1, slug=tag.slug))


def _tag(session: Session, tag_id: UUID) -> Tag:
    found = queries.tag_with_size(session, tag_id)
    if found is None:
        raise TagNotFound
    return found.tag


def _sent(given: TagChange) -> dict[str, Any]:
    """Return the fields that were sent; a null counts as left out."""
    return given.model_dump(exclude_unset=True, exclude_none=True, exclude={"version"})
