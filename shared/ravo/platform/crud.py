"""Statements on tables that staff edit: one page, one row, a new row, a change of the version that was seen.

A row is returned as the `NamedTuple` that the caller names. Its fields are columns of the table.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import ColumnElement, UnaryExpression, func, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from ravo.platform.database import Base
from ravo.platform.ids import uuid7

if TYPE_CHECKING:
    from sqlalchemy import Column, Table

type Ordering = InstrumentedAttribute[Any] | UnaryExpression[Any]


def page[R: NamedTuple](
    session: Session,
    kind: type[R],
    model: type[Base],
    *,
    where: Sequence[ColumnElement[bool]] = (),
    order_by: Sequence[Ordering],
    limit: int,
    offset: int,
) -> tuple[Sequence[R], int]:
    """Return one page of rows, and how many rows there are."""
    rows = select(*columns(kind, model)).where(*where).order_by(*order_by).limit(limit).offset(offset)
    total = session.scalar(select(func.count()).select_from(model).where(*where))
    return [kind._make(row) for row in session.execute(rows)], total or 0


def by_id[R: NamedTuple](session: Session, kind: type[R], model: type[Base], key: UUID) -> R | None:
    """Return the row with an id."""
    row = session.execute(select(*columns(kind, model)).where(_table(model).c.id == key)).one_or_none()
    return kind._make(row) if row else None


def add[R: NamedTuple](session: Session, kind: type[R], model: type[Base], values: Mapping[str, Any]) -> R:
    """Insert a row with a new id."""
    statement = insert(_table(model)).values(id=uuid7(), **values).returning(*columns(kind, model))
    return kind._make(session.execute(statement).one())


def update_version[R: NamedTuple](
    session: Session, kind: type[R], model: type[Base], key: UUID, version: int, values: Mapping[str, Any]
) -> R | None:
    """Change a row that still has the version; None when there is no such row."""
    table = _table(model)
    statement = (
        update(table)
        .where(table.c.id == key, table.c.version == version)
        .values(**values, version=table.c.version + 1, updated_at=func.now())
        .returning(*columns(kind, model))
    )
    row = session.execute(statement).one_or_none()
    return kind._make(row) if row else None


def columns[R: NamedTuple](kind: type[R], model: type[Base]) -> "list[Column[Any]]":
    """Return the columns of a table that a row has, in its order."""
    table = _table(model)
    return [table.c[name] for name in kind._fields]


def _table(model: type[Base]) -> "Table":
    return cast("Table", model.__table__)
