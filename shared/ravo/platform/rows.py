"""How many rows a statement changed."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import CursorResult, TextClause
from sqlalchemy.orm import Session


def changed(session: Session, statement: TextClause, values: Mapping[str, Any]) -> int:
    """Execute a statement and return how many rows it inserted, updated or deleted."""
    return cast("CursorResult[Any]", session.execute(statement, values)).rowcount
