"""Categories as staff see them."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from ravo.catalog.categories import queries
from ravo.catalog.categories.models import Category
from ravo.catalog.categories.schemas import AdminCategory
from ravo.platform.paging import Page, Paging


def category_of(category: Category) -> AdminCategory:
    """Return a category as staff see it."""
    return AdminCategory.model_validate(category)


def page_of_categories(session: Session, paging: Paging) -> tuple[Sequence[AdminCategory], Page]:
    """Return one page of categories by path."""
    rows = queries.page_of_categories(session, limit=paging.limit, offset=paging.offset)
    return [category_of(row) for row in rows], Page.of(paging, queries.count_categories(session))
