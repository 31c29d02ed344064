"""The SQL of categories as staff work on them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from ravo.catalog.categories.models import Category

_MOVE_BELOW = text(
    """
    UPDATE categories SET path = :new || substr(path, length(:old) + 1), updated_at = now()
    WHERE starts_with(path, :old || '/')
    """
)

_IN_USE = text(
    """
    SELECT EXISTS (SELECT FROM categories WHERE parent_id = :id)
        OR EXISTS (
            SELECT FROM product_categories pc JOIN products p ON p.id = pc.product_id
            WHERE pc.category_id = :id AND p.deleted_at IS NULL
        )
    """
)

_OF_CATEGORY = text(
    """
    SELECT DISTINCT pc.product_id
    FROM categories moved
    JOIN categories own ON own.id = moved.id OR starts_with(own.path, moved.path || '/')
    JOIN product_categories pc ON pc.category_id = own.id
    WHERE moved.id = :category_id
    """
)


def page_of_categories(session: Session, *, limit: int, offset: int) -> Sequence[Category]:
    """Return one page of categories by path."""
    return session.scalars(select(Category).order_by(Category.path).limit(limit).offset(offset)).all()


def count_categories(session: Session) -> int:
    """Count all categories."""
    return session.scalar(select(func.count()).select_from(Category)) or 0


def category_by_id(session: Session, category_id: UUID) -> Category | None:
    """Return a category."""
    return session.get(Category, category_id)


def update_category(session: Session, category_id: UUID, version: int, values: dict[str, Any]) -> bool:
    """Change a category unless someone changed it since `version`; returns whether it did."""
    statement = (
        update(Category)
        .where(Category.id == category_id, Category.version == version)
        .values(**values, version=Category.version + 1, updated_at=func.now())
        .returning(Category.id)
    )
    return session.scalar(statement) is not None


def move_below(session: Session, *, old: str, new: str) -> None:
    """Give everything below a category that was moved or renamed its new path."""
    session.execute(_MOVE_BELOW, {"old": old, "new": new})


def in_use(session: Session, category_id: UUID) -> bool:
    """Whether a category has subcategories or products."""
    return bool(session.scalar(_IN_USE, {"id": category_id}))


def delete_category(session: Session, category_id: UUID) -> None:
    """Delete an empty category, with the places of deleted products in it."""
    session.execute(text("DELETE FROM product_categories WHERE category_id = :id"), {"id": category_id})
    session.execute(delete(Category).where(Category.id == category_id))


def products_in_category(session: Session, category_id: UUID) -> Sequence[UUID]:
    """Return the products in a category or below it."""
    return session.scalars(_OF_CATEGORY, {"category_id": category_id}).all()
