"""Stock as answers."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.inventory import location_queries as locations
from ravo.inventory import queries
from ravo.inventory.models import Reservation
from ravo.inventory.schemas import Demand, LocationReply, LowStockReply, MovementReply, ReservationReply, StockReply
from ravo.platform.paging import Page, Paging


def reservation_of(made: Reservation, items: list[Demand]) -> ReservationReply:
    """Return a reservation as its session sees it."""
    return ReservationReply(id=made.id, session_id=made.session_id, expires_at=made.expires_at, items=items)


def page_of_stock(session: Session, paging: Paging, *, search: str) -> tuple[Sequence[StockReply], Page]:
    """Return one page of variants with their stock by SKU."""
    rows, total = queries.page_of_stock(session, search=search, low=False, limit=paging.limit, offset=paging.offset)
    return [StockReply.model_validate(row) for row in rows], Page.of(paging, total)


def page_of_low_stock(session: Session, paging: Paging) -> tuple[Sequence[LowStockReply], Page]:
    """Return one page of the variants at their alert level or below by SKU."""
    rows, total = queries.page_of_stock(session, search="", low=True, limit=paging.limit, offset=paging.offset)
    return [LowStockReply.model_validate(row) for row in rows], Page.of(paging, total)


def page_of_movements(session: Session, variant_id: UUID, paging: Paging) -> tuple[Sequence[MovementReply], Page]:
    """Return one page of a variant's movements, the newest first."""
    rows, total = queries.page_of_movements(session, variant_id, limit=paging.limit, offset=paging.offset)
    return [MovementReply.model_validate(row) for row in rows], Page.of(paging, total)


def page_of_locations(session: Session, paging: Paging) -> tuple[Sequence[LocationReply], Page]:
    """Return one page of locations in the order that they are taken from."""
    rows, total = locations.page_of_locations(session, limit=paging.limit, offset=paging.offset)
    return [LocationReply.model_validate(row) for row in rows], Page.of(paging, total)
