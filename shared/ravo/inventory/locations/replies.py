"""Locations as staff see them."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from ravo.inventory.locations import queries
from ravo.inventory.locations.schemas import LocationReply
from ravo.platform.paging import Page, Paging


def page_of_locations(session: Session, paging: Paging) -> tuple[Sequence[LocationReply], Page]:
    """Return one page of locations, in the order that stock is taken from them."""
    rows, total = queries.page_of_locations(session, limit=paging.limit, offset=paging.offset)
    return [LocationReply.model_validate(row) for row in rows], Page.of(paging, total)
