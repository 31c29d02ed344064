"""Movements: units that come, go, or are counted again, each with its reason in a ledger that nobody can change."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.inventory.locations import service as locations
from ravo.inventory.movements import queries
from ravo.inventory.movements.errors import StockHeld
from ravo.inventory.movements.queries import NewMovement
from ravo.inventory.movements.schemas import AdjustmentInput
from ravo.inventory.stock import queries as stock_queries
from ravo.inventory.stock.errors import UnknownVariant
from ravo.inventory.stock.schemas import LevelReply
from ravo.inventory.stock.service import tell, tell_if_low
from ravo.platform.ids import uuid7


def adjust(session: Session, variant_id: UUID, given: AdjustmentInput, *, actor_id: UUID) -> LevelReply:
    """Change or set the units at a location. Refuses with `UnknownVariant`, `LocationNotFound` or `StockHeld`."""
    facts = stock_queries.facts_of(session, [variant_id])
    if variant_id not in facts:
        raise UnknownVariant
    location = locations.location_or_first(session, given.location_id)
    stock_queries.open_levels(session, [variant_id], location.id)
    stock_queries.lock_levels_for_update(session, [variant_id])
    level = stock_queries.levels_at(session, [variant_id], location.id)[variant_id]
    before = stock_queries.available(session, [variant_id])
    delta = given.delta if given.delta is not None else (given.on_hand or 0) - level.on_hand
    if level.on_hand + delta < level.reserved:
        raise StockHeld
    if delta:
        made = movement(variant_id, location.id, delta, given.reason, note=given.note, actor_id=actor_id)
        queries.move(session, [made])
        after = tell(session, [variant_id], cause=made.id, version=1)
        tell_if_low(session, facts, before=before, after=after, cause=made.id)
    return LevelReply(
        variant_id=variant_id,
        location_id=location.id,
        on_hand=level.on_hand + delta,
        reserved=level.reserved,
        available=level.on_hand + delta - level.reserved,
    )


def count_imported(session: Session, counts: Mapping[UUID, int], *, event_id: UUID) -> None:
    """Set what an import counted as available, at the first location; reserved units come on top of it.

    The same event counts once: variants that it has moved already stay as they are. Units at other locations can't be
    counted away from here.
    """
    if not counts:
        return
    reference = f"event:{event_id}"
    location = locations.location_or_first(session, None)
    done = queries.moved_before(session, reference)
    facts = stock_queries.facts_of(session, list(counts))
    wanted = sorted(variant_id for variant_id in facts if variant_id not in done)
    stock_queries.open_levels(session, wanted, location.id)
    stock_queries.lock_levels_for_update(session, wanted)
    there = stock_queries.available(session, wanted)
    levels = stock_queries.levels_at(session, wanted, location.id)
    deltas = {each: max(counts[each] - there[each], levels[each].reserved - levels[each].on_hand) for each in wanted}
    movements = [
        movement(each, location.id, delta, "imported", reference=reference) for each, delta in deltas.items() if delta
    ]
    queries.move(session, movements)
    moved = [each.variant_id for each in movements]
    after = tell(session, moved, cause=event_id, version=1)
    tell_if_low(session, facts, before={each: there[each] for each in moved}, after=after, cause=event_id)


def movement(
    variant_id: UUID,
    location_id: UUID,
    delta: int,
    reason: str,
    *,
    note: str = "",
    actor_id: UUID | None = None,
    reference: str | None = None,
) -> NewMovement:
    """Return a movement under a new id, for `queries.move`."""
    return NewMovement(uuid7(), variant_id, location_id, delta, reason, note, actor_id, reference)
