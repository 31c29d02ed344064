"""Tags as staff see them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.catalog.errors import TagNotFound
from ravo.catalog.tags import queries
from ravo.catalog.tags.queries import CountedTag
from ravo.catalog.tags.schemas import AdminTag
from ravo.platform.paging import Page, Paging


def tag_of(session: Session, tag_id: UUID) -> AdminTag:
    """Return a tag as staff see it. Refuses with `TagNotFound`."""
    found = queries.tag_with_size(session, tag_id)
    if found is None:
        raise TagNotFound
    return _tag(found)


def page_of_tags(session: Session, paging: Paging) -> tuple[Sequence[AdminTag], Page]:
    """Return one page of tags by slug."""
    rows = queries.page_of_tags(session, limit=paging.limit, offset=paging.offset)
    return [_tag(row) for row in rows], Page.of(paging, queries.count_tags(session))


def _tag(row: CountedTag) -> AdminTag:
    tag, size = row
    return AdminTag(id=tag.id, slug=tag.slug, name=tag.name, product_count=size, version=tag.version)
