"""Shipping zones and rates as answers to staff."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.platform.paging import Page, Paging
from ravo.platform.schemas import Money
from ravo.sales.replies import money_or_none
from ravo.sales.shipping import queries, service
from ravo.sales.shipping.queries import RateRow, ZoneRow
from ravo.sales.shipping.schemas import ShippingPlaceReply, ShippingRateReply, ShippingZoneReply


def rate_of(row: RateRow) -> ShippingRateReply:
    """Return a shipping rate."""
    return ShippingRateReply(
        id=row.id,
        zone_id=row.zone_id,
        name=row.name,
        carrier=row.carrier,
        price=Money.of(row.price, row.currency),
        free_from=money_or_none(row.free_from, row.currency),
        min_weight_grams=row.min_weight_grams,
        max_weight_grams=row.max_weight_grams,
        min_days=row.min_days,
        max_days=row.max_days,
        position=row.position,
        is_active=row.is_active,
        version=row.version,
    )


def zone_of(session: Session, zone: ZoneRow) -> ShippingZoneReply:
    """Return a shipping zone with its places and rates."""
    (reply,) = _zones(session, [zone])
    return reply


def zone_by_id(session: Session, zone_id: UUID) -> ShippingZoneReply:
    """Return a shipping zone. Refuses with `ShippingZoneNotFound`."""
    return zone_of(session, service.find_zone(session, zone_id))


def page_of_zones(session: Session, paging: Paging) -> tuple[list[ShippingZoneReply], Page]:
    """Return one page of shipping zones by name."""
    rows, total = queries.page_of_zones(session, limit=paging.limit, offset=paging.offset)
    return _zones(session, rows), Page.of(paging, total)


def _zones(session: Session, zones: Sequence[ZoneRow]) -> list[ShippingZoneReply]:
    ids = [zone.id for zone in zones]
    places, rates = queries.places_of_zones(session, ids), queries.rates_of_zones(session, ids)
    return [
        ShippingZoneReply(
            id=zone.id,
            name=zone.name,
            is_active=zone.is_active,
            places=[
                ShippingPlaceReply(country=place.country, region=place.region)
                for place in places
                if place.zone_id == zone.id
            ],
            rates=[rate_of(rate) for rate in rates if rate.zone_id == zone.id],
            version=zone.version,
            created_at=zone.created_at,
            updated_at=zone.updated_at,
        )
        for zone in zones
    ]
