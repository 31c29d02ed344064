"""Movements: pieces that come, go, or are counted anew, each with its reason in a ledger that nobody changes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.inventory import location_queries as locations
from ravo.inventory import queries
from ravo.inventory.errors import LocationNotFound, StockHeld, UnknownVariant
from ravo.inventory.models import Location
from ravo.inventory.schemas import AdjustmentInput, LevelReply
from ravo.inventory.service.changes import tell, tell_if_low
from ravo.platform.ids import uuid7


def adjust(session: Session, variant_id: UUID, given: AdjustmentInput, *, actor_id: UUID) -> LevelReply:
    """Change or count what lies at a location. Refuses with `UnknownVariant`, `LocationNotFound` or `StockHeld`."""
    facts = queries.facts_of(session, [variant_id])
    if variant_id not in facts:
        raise UnknownVariant
    location = _location(session, given.location_id)
    queries.open_levels(session, [variant_id], location.id)
    queries.lock_levels_for_update(session, [variant_id])
    level = queries.levels_at(session, [variant_id], location.id)[variant_id]
    before = queries.available(session, [variant_id])
    delta = given.delta if given.delta is not None else (given.on_hand or 0) - level.on_hand
    if level.on_hand + delta < level.reserved:
        raise StockHeld
    if delta:
        made = movement(variant_id, location.id, delta, given.reason, note=given.note, actor_id=actor_id)
        queries.move(session, [made])
        after = tell(session, [variant_id], cause=made["id"], version=1)
        tell_if_low(session, facts, before=before, after=after, cause=made["id"])
    return LevelReply(
        variant_id=variant_id,
        location_id=location.id,
        on_hand=level.on_hand + delta,
        reserved=level.reserved,
        available=level.on_hand + delta - level.reserved,
    )


def count_imported(session: Session, counts: Mapping[UUID, int], *, event_id: UUID) -> None:
    """Take over what an import counted as available, at the first location; what is reserved lies there beside it.

    The same event counts once: what it has moved already stays as it is. Pieces at other places can't be counted away from here.
    """
    if not counts:
        return
    reference = f"event:{event_id}"
    location = _location(session, None)
    done = queries.moved_before(session, reference)
    facts = queries.facts_of(session, list(counts))
    wanted = sorted(variant_id for variant_id in facts if variant_id not in done)
    queries.open_levels(session, wanted, location.id)
    queries.lock_levels_for_update(session, wanted)
    there = queries.available(session, wanted)
    levels = queries.levels_at(session, wanted, location.id)
    deltas = {each: max(counts[each] - there[each], levels[each].reserved - levels[each].on_hand) for each in wanted}
    movements = [
        movement(each, location.id, delta, "imported", reference=reference) for each, delta in deltas.items() if delta
    ]
    queries.move(session, movements)
    moved = [movement["variant_id"] for movement in movements]
    after = tell(session, moved, cause=event_id, version=1)
    tell_if_low(session, facts, before={each: there[each] for each in moved}, after=after, cause=event_id)


def seed_location(session: Session) -> None:
    """Make sure that there is a place for stock to lie at."""
    if not locations.page_of_locations(session, limit=1, offset=0)[0]:
        session.add(Location(id=uuid7(), code="main", name="Main warehouse"))
        session.flush()


def movement(
    variant_id: UUID,
    location_id: UUID,
    delta: int,
    reason: str,
    *,
    note: str = "",
    actor_id: UUID | None = None,
    reference: str | None = None,
) -> dict[str, Any]:
    """Put a movement together for `queries.move`."""
    return {
        "id": uuid7(),
        "variant_id": variant_id,
        "location_id": location_id,
        "delta": delta,
        "reason": reason,
        "note": note,
        "actor_id": actor_id,
        "reference": reference,
    }


def _location(session: Session, location_id: UUID | None) -> Location:
    found = locations.location_by_id(session, location_id) if location_id else locations.first_location(session)
    if found is None:
        raise LocationNotFound
    return found
