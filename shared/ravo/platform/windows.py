"""Windows of time, as lists are narrowed by them."""

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute


def within(
    moment: InstrumentedAttribute[datetime], since: datetime | None, until: datetime | None
) -> list[ColumnElement[bool]]:
    """Return the conditions of a window, from `since` on and before `until`; None leaves that side open."""
    conditions: list[ColumnElement[bool]] = []
    if since is not None:
        conditions.append(moment >= since)
    if until is not None:
        conditions.append(moment < until)
    return conditions
