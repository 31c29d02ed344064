"""The rules of shipping zones and rates. Orders keep their rate; a cart whose rate is gone must choose again."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.platform.constraints import raising_for_constraints
from ravo.platform.errors import VersionConflict
from ravo.platform.patching import merged, sent
from ravo.sales.shipping import queries
from ravo.sales.shipping.errors import PlaceTaken, ShippingRateNotFound, ShippingZoneNameTaken, ShippingZoneNotFound
from ravo.sales.shipping.queries import RateRow, ZoneRow
from ravo.sales.shipping.schemas import (
    ShippingPlace,
    ShippingRateChange,
    ShippingRateInput,
    ShippingZoneChange,
    ShippingZoneInput,
)

_TAKEN = {"uq_shipping_zones_name": ShippingZoneNameTaken, "pk_shipping_zone_regions": PlaceTaken}
_NULLABLE = frozenset({"free_from", "max_weight_grams"})


def find_zone(session: Session, zone_id: UUID) -> ZoneRow:
    """Return a zone. Refuses with `ShippingZoneNotFound`."""
    zone = queries.zone_by_id(session, zone_id)
    if zone is None:
        raise ShippingZoneNotFound
    return zone


def create_zone(session: Session, given: ShippingZoneInput) -> ZoneRow:
    """Make a zone, without rates yet. Refuses with `ShippingZoneNameTaken` or `PlaceTaken`."""
    with raising_for_constraints(_TAKEN):
        zone = queries.add_zone(session, name=given.name, is_active=given.is_active)
        queries.replace_places(session, zone.id, _pairs(given.places))
    return zone


def change_zone(session: Session, zone_id: UUID, given: ShippingZoneChange) -> ZoneRow:
    """Change what was sent.

    Refuses with `ShippingZoneNotFound`, `VersionConflict`, `ShippingZoneNameTaken` or `PlaceTaken`.
    """
    find_zone(session, zone_id)
    values = sent(given)
    places = values.pop("places", None)
    with raising_for_constraints(_TAKEN):
        changed = queries.update_zone(session, zone_id, given.version, values)
        if changed is None:
            raise VersionConflict
        if places:
            queries.replace_places(session, zone_id, _pairs(places))
    return changed


def delete_zone(session: Session, zone_id: UUID) -> None:
    """Delete a zone with its rates. Refuses with `ShippingZoneNotFound`."""
    if not queries.delete_zone(session, zone_id):
        raise ShippingZoneNotFound


def create_rate(session: Session, zone_id: UUID, given: ShippingRateInput) -> RateRow:
    """Add a rate to a zone. Refuses with `ShippingZoneNotFound`."""
    with raising_for_constraints({"fk_shipping_rates_zone_id": ShippingZoneNotFound}):
        return queries.add_rate(session, zone_id=zone_id, **_columns(given))


def change_rate(session: Session, zone_id: UUID, rate_id: UUID, given: ShippingRateChange) -> RateRow:
    """Change what was sent.

    Refuses with `ShippingRateNotFound`, `VersionConflict`, or `Invalid` for what does not fit together.
    """
    rate = queries.rate_of_zone(session, zone_id, rate_id)
    if rate is None:
        raise ShippingRateNotFound
    if rate.version != given.version:
        raise VersionConflict
    wanted = merged(ShippingRateInput, _stored(rate), sent(given, nullable=_NULLABLE))
    changed = queries.update_rate(session, rate_id, given.version, _columns(wanted))
    if changed is None:
        raise VersionConflict
    return changed


def delete_rate(session: Session, zone_id: UUID, rate_id: UUID) -> None:
    """Delete a rate. Refuses with `ShippingRateNotFound`."""
    if not queries.delete_rate(session, zone_id, rate_id):
        raise ShippingRateNotFound


def _pairs(places: list[ShippingPlace]) -> list[tuple[str, str]]:
    return [(place.country, place.region) for place in places]


def _columns(given: ShippingRateInput) -> dict[str, Any]:
    return given.model_dump(exclude={"price", "free_from"}) | {
        "currency": given.price.currency,
        "price": given.price.amount,
        "free_from": given.free_from.amount if given.free_from else None,
    }


def _stored(rate: RateRow) -> dict[str, Any]:
    """Return a rate as it would be sent."""
    own = {name: getattr(rate, name) for name in ShippingRateInput.model_fields}
    money = {name: own[name] and {"amount": own[name], "currency": rate.currency} for name in ("price", "free_from")}
    return own | money
