"""The SQL of shipping zones, their places and their rates."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from ravo.platform import crud
from ravo.sales.shipping.models import ShippingRate, ShippingZone, ShippingZoneRegion


class ZoneRow(NamedTuple):
    """A shipping zone without its places and rates."""

    id: UUID
    name: str
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime


class PlaceRow(NamedTuple):
    """A place that belongs to a zone."""

    zone_id: UUID
    country: str
    region: str


class RateRow(NamedTuple):
    """A rate of a zone; its amounts are in `currency`."""

    id: UUID
    zone_id: UUID
    name: str
    carrier: str
    currency: str
    price: Decimal
    free_from: Decimal | None
    min_weight_grams: int
    max_weight_grams: int | None
    min_days: int
    max_days: int
    position: int
    is_active: bool
    version: int


def page_of_zones(session: Session, *, limit: int, offset: int) -> tuple[Sequence[ZoneRow], int]:
    """Return one page of shipping zones by name, and how many there are."""
    return crud.page(session, ZoneRow, ShippingZone, order_by=(ShippingZone.name,), limit=limit, offset=offset)


def zone_by_id(session: Session, zone_id: UUID) -> ZoneRow | None:
    """Return a shipping zone."""
    return crud.by_id(session, ZoneRow, ShippingZone, zone_id)


def add_zone(session: Session, **values: Any) -> ZoneRow:
    """Make a shipping zone."""
    return crud.add(session, ZoneRow, ShippingZone, values)


def update_zone(session: Session, zone_id: UUID, version: int, values: Mapping[str, Any]) -> ZoneRow | None:
    """Change a shipping zone at a version."""
    return crud.update_version(session, ZoneRow, ShippingZone, zone_id, version, values)


def delete_zone(session: Session, zone_id: UUID) -> bool:
    """Delete a shipping zone with its rates; returns whether there was one."""
    session.execute(delete(ShippingRate).where(ShippingRate.zone_id == zone_id))
    statement = delete(ShippingZone).where(ShippingZone.id == zone_id).returning(ShippingZone.id)
    return session.scalar(statement) is not None


def places_of_zones(session: Session, zone_ids: Sequence[UUID]) -> Sequence[PlaceRow]:
    """Return the places of zones, in order."""
    rows = session.execute(
        select(*crud.columns(PlaceRow, ShippingZoneRegion))
        .where(ShippingZoneRegion.zone_id.in_(zone_ids))
        .order_by(ShippingZoneRegion.country, ShippingZoneRegion.region)
    )
    return [PlaceRow._make(row) for row in rows]


def replace_places(session: Session, zone_id: UUID, places: Sequence[tuple[str, str]]) -> None:
    """Make these the zone's places."""
    session.execute(delete(ShippingZoneRegion).where(ShippingZoneRegion.zone_id == zone_id))
    rows = [{"zone_id": zone_id, "country": country, "region": region} for country, region in places]
    session.execute(insert(ShippingZoneRegion), rows)


def rates_of_zones(session: Session, zone_ids: Sequence[UUID]) -> Sequence[RateRow]:
    """Return the rates of zones, in the order that shoppers see them."""
    rows = session.execute(
        select(*crud.columns(RateRow, ShippingRate))
        .where(ShippingRate.zone_id.in_(zone_ids))
        .order_by(ShippingRate.position, ShippingRate.price, ShippingRate.id)
    )
    return [RateRow._make(row) for row in rows]


def rate_of_zone(session: Session, zone_id: UUID, rate_id: UUID) -> RateRow | None:
    """Return a rate, if it belongs to the zone."""
    row = crud.by_id(session, RateRow, ShippingRate, rate_id)
    return row if row and row.zone_id == zone_id else None


def add_rate(session: Session, **values: Any) -> RateRow:
    """Make a shipping rate."""
    return crud.add(session, RateRow, ShippingRate, values)


def update_rate(session: Session, rate_id: UUID, version: int, values: Mapping[str, Any]) -> RateRow | None:
    """Change a shipping rate at a version."""
    return crud.update_version(session, RateRow, ShippingRate, rate_id, version, values)


def delete_rate(session: Session, zone_id: UUID, rate_id: UUID) -> bool:
    """Delete a shipping rate; returns whether the zone had it."""
    of_zone = delete(ShippingRate).where(ShippingRate.id == rate_id, ShippingRate.zone_id == zone_id)
    return session.scalar(of_zone.returning(ShippingRate.id)) is not None
