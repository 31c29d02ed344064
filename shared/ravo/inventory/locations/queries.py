"""The SQL of locations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ravo.inventory.locations.models import Location


def location_by_id(session: Session, location_id: UUID) -> Location | None:
    """Return a location."""
    return session.get(Location, location_id)


def first_location(session: Session) -> Location | None:
    """Return the active location that stock is taken from first."""
    statement = select(Location).where(Location.is_active).order_by(Location.priority, Location.id)
    return session.scalars(statement.limit(1)).first()


def page_of_locations(session: Session, *, limit: int, offset: int) -> tuple[Sequence[Location], int]:
    """Return one page of locations, in the order that stock is taken from them, and how many there are."""
    page = select(Location).order_by(Location.priority, Location.id).limit(limit).offset(offset)
    return session.scalars(page).all(), session.scalar(select(func.count()).select_from(Location)) or 0


def update_location(session: Session, location_id: UUID, version: int, values: dict[str, Any], at: datetime) -> bool:
    """Change a location unless someone changed it since `version`; returns whether it did."""
    statement = (
        update(Location)
        .where(Location.id == location_id, Location.version == version)
        .values(**values, version=Location.version + 1, updated_at=at)
        .returning(Location.id)
    )
    return session.scalar(statement) is not None
