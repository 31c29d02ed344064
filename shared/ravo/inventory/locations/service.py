"""Locations: made, renamed, put in order, closed. None is ever deleted: the ledger names them."""

from uuid import UUID

from sqlalchemy.orm import Session

from ravo.inventory.locations import queries
from ravo.inventory.locations.errors import LocationCodeTaken, LocationNotFound
from ravo.inventory.locations.models import Location
from ravo.inventory.locations.schemas import LocationChange, LocationInput
from ravo.platform.constraints import raising_for_constraints
from ravo.platform.errors import VersionConflict
from ravo.platform.ids import uuid7
from ravo.platform.time import now


def create(session: Session, given: LocationInput) -> Location:
    """Make a location. Refuses with `LocationCodeTaken`."""
    made = Location(id=uuid7(), version=1, **given.model_dump())
    with raising_for_constraints({"uq_locations_code": LocationCodeTaken}):
        session.add(made)
        session.flush()
    session.refresh(made)
    return made


def change(session: Session, location_id: UUID, given: LocationChange) -> Location:
    """Change what was sent. Refuses with `LocationNotFound` or `VersionConflict`."""
    if queries.location_by_id(session, location_id) is None:
        raise LocationNotFound
    values = given.model_dump(exclude={"version"}, exclude_none=True)
    if not queries.update_location(session, location_id, given.version, values, now()):
        raise VersionConflict
    changed = queries.location_by_id(session, location_id)
    assert changed is not None
    session.refresh(changed)
    return changed


def seed_location(session: Session) -> None:
    """Make sure that there is a location for stock."""
    if not queries.page_of_locations(session, limit=1, offset=0)[0]:
        session.add(Location(id=uuid7(), code="main", name="Main warehouse"))
        session.flush()


def location_or_first(session: Session, location_id: UUID | None) -> Location:
    found = queries.location_by_id(session, location_id) if location_id else queries.first_location(session)
    if found is None:
        raise LocationNotFound
    return found
