"""The SQL of tags as staff work on them."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from ravo.catalog.tags.models import ProductTag, Tag


class CountedTag(NamedTuple):
    """A tag, and how many products have it."""

    tag: Tag
    size: int


_SIZE = select(func.count()).select_from(ProductTag).where(ProductTag.tag_id == Tag.id).scalar_subquery().label("size")
_OF_TAG = text("SELECT product_id FROM product_tags WHERE tag_id = :tag_id")


def page_of_tags(session: Session, *, limit: int, offset: int) -> list[CountedTag]:
    """Return one page of tags by slug."""
    statement = select(Tag, _SIZE).order_by(Tag.slug).limit(limit).offset(offset)
    return [CountedTag._make(row) for row in session.execute(statement)]


def count_tags(session: Session) -> int:
    """Count all tags."""
    return session.scalar(select(func.count()).select_from(Tag)) or 0


def tag_with_size(session: Session, tag_id: UUID) -> CountedTag | None:
    """Return a tag and how many products have it."""
    row = session.execute(select(Tag, _SIZE).where(Tag.id == tag_id)).one_or_none()
    return CountedTag._make(row) if row else None


def update_tag(session: Session, tag_id: UUID, version: int, values: dict[str, Any]) -> bool:
    """Change a tag unless someone changed it since `version`; returns whether it did."""
    statement = (
        update(Tag)
        .where(Tag.id == tag_id, Tag.version == version)
        .values(**values, version=Tag.version + 1, updated_at=func.now())
        .returning(Tag.id)
    )
    return session.scalar(statement) is not None


def delete_tag(session: Session, tag_id: UUID) -> None:
    """Delete a tag; products lose it."""
    session.execute(delete(Tag).where(Tag.id == tag_id))


def products_with_tag(session: Session, tag_id: UUID) -> Sequence[UUID]:
    """Return the products that have a tag."""
    return session.scalars(_OF_TAG, {"tag_id": tag_id}).all()
