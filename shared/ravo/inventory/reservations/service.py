"""The rules of reservations: all units that are wanted or none, for a quarter of an hour."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.inventory.reservations import queries
from ravo.inventory.reservations.errors import InsufficientStock, ReservationNotFound
from ravo.inventory.reservations.models import Reservation
from ravo.inventory.reservations.schemas import Checked, Demand, ReservationInput
from ravo.inventory.stock import queries as stock_queries
from ravo.inventory.stock.errors import UnknownVariant
from ravo.inventory.stock.queries import Level, Pieces
from ravo.inventory.stock.service import Facts, tell, tell_if_low, tell_what_is_left
from ravo.platform.database import transaction
from ravo.platform.errors import Conflict, Detail
from ravo.platform.ids import uuid7
from ravo.platform.observability import count
from ravo.platform.pending_work import PendingWork
from ravo.platform.time import now

LIFE = timedelta(minutes=15)
HELD = PendingWork("reservations")
SWEEP_BATCH = 100
# How long an ended reservation can still be read.
KEPT = timedelta(days=30)
DELETED_AT_ONCE = 500


def check(session: Session, items: Sequence[Demand]) -> list[Checked]:
    """Return whether each line could be met now, the lines of one variant together. Refuses with `UnknownVariant`."""
    wanted = _summed(items)
    facts = _facts(session, list(wanted))
    there = stock_queries.available(session, list(wanted))
    return [
        Checked(
            variant_id=variant_id,
            requested=quantity,
            available=min(quantity, _at_most(facts[variant_id], there.get(variant_id, 0), quantity)),
            sufficient=_at_most(facts[variant_id], there.get(variant_id, 0), quantity) >= quantity,
        )
        for variant_id, quantity in wanted.items()
    ]


def reserve(session: Session, given: ReservationInput) -> Reservation:
    """Hold all units that are wanted, or none; what the session held before is given back in the same transaction.

    Refuses with `UnknownVariant`, or with `InsufficientStock`, which names the variants with too few units.
    """
    return hold(session, given.items, session_id=given.session_id, until=now() + LIFE)


def hold(
    session: Session,
    items: Sequence[Demand],
    *,
    session_id: str,
    until: datetime,
    instead_of: str | None = None,
    facts: Mapping[UUID, Facts] | None = None,
) -> Reservation:
    """Hold all units that are wanted until a moment, or none, for a session.

    What that session, or the one that it replaces, held before is given back. `facts` is the catalogue's data about the
    variants, if the transaction has read it already. Refuses as `reserve` does.
    """
    wanted = _summed(items)
    facts = facts or _facts(session, list(wanted))
    held = queries.held_by_session(session, instead_of or session_id)
    concerned = sorted({*wanted, *(held.counted if held else ())})
    levels = stock_queries.lock_levels_for_update(session, concerned)
    if held:
        if queries.free_reservation(session, held.reservation_id) is None:
            raise Conflict("This session is reserving something else right now.", retry_after=1)
        levels = stock_queries.lock_levels_for_update(session, concerned)
    taken = _allocate(wanted, facts, levels)
    made = Reservation(id=uuid7(), session_id=session_id, status="active", expires_at=until, version=1)
    if not queries.hold(session, made.id, session_id=session_id, expires_at=until, pieces=taken):
        raise InsufficientStock
    after = _left(levels, taken)
    tell_what_is_left(session, after, cause=made.id, version=1)
    before = _before(after, taken, held.counted if held else {})
    tell_if_low(session, facts, before=before, after=after, cause=made.id)
    HELD.put_before_commit(session, str(made.id))
    return made


def release(session: Session, reservation_id: UUID) -> None:
    """Give back what a reservation holds; doing it twice changes nothing. Refuses with `ReservationNotFound`."""
    variant_ids = queries.variants_of_reservation(session, reservation_id)
    if variant_ids is None:
        raise ReservationNotFound
    stock_queries.lock_levels_for_update(session, variant_ids)
    version = queries.free_reservation(session, reservation_id)
    if version is not None:
        tell(session, variant_ids, cause=reservation_id, version=version)


def sweep(*, force: bool) -> int:
    """Clean up after expired reservations, which have stopped counting already; returns how many there were.

    Looks in Valkey first, so that a paused database stays asleep.
    """
    if not force and not HELD.may_hold():
        return 0
    started, swept = now(), 0
    while True:
        with transaction() as session:
            expired = queries.expired_reservations(session, SWEEP_BATCH)
            concerned = sorted({variant_id for row in expired for variant_id in row.variant_ids or ()})
            stock_queries.lock_levels_for_update(session, concerned)
            for row in expired:
                version = queries.free_reservation(session, row.id)
                if version is not None and row.variant_ids:
                    tell(session, row.variant_ids, cause=row.id, version=version)
            swept += len(expired)
            remaining = queries.any_active_reservation(session)
        if len(expired) < SWEEP_BATCH:
            break
    if not remaining:
        HELD.forget(older_than=started)
    _delete_ended()
    return swept


def _delete_ended() -> None:
    """Delete reservations that ended long ago.

    What was sold is in the ledger, and what was given back leaves nothing to remember.
    """
    deleted = DELETED_AT_ONCE
    while deleted == DELETED_AT_ONCE:
        with transaction() as session:
            deleted = queries.delete_ended_reservations(session, older_than=now() - KEPT, limit=DELETED_AT_ONCE)


def _summed(items: Sequence[Demand]) -> dict[UUID, int]:
    """Sum the lines of each variant: each by itself might be met where together they can't be."""
    total: Counter[UUID] = Counter()
    for item in items:
        total[item.variant_id] += item.quantity
    return dict(sorted(total.items()))


def _facts(session: Session, variant_ids: Sequence[UUID]) -> Mapping[UUID, Facts]:
    facts = stock_queries.facts_of(session, variant_ids)
    unknown = [each for each in variant_ids if each not in facts or not facts[each].on_sale]
    if unknown:
        raise UnknownVariant(details=[Detail("items", f"{each} is not sold") for each in unknown])
    return facts


def _at_most(fact: Facts, there: int, wanted: int) -> int:
    """Return how many of the units wanted are available: all where stock is not counted or can be backordered."""
    return wanted if not fact.tracked or fact.backorder else max(0, there)


def _left(levels: Sequence[Level], taken: Sequence[Pieces]) -> dict[UUID, int]:
    """Return how many units of each variant are available once some are taken from its levels, over all locations."""
    left: Counter[UUID] = Counter()
    for level in levels:
        left[level.variant_id] += level.available
    for piece in taken:
        left[piece.variant_id] -= piece.quantity
    return dict(left)


def _before(after: Mapping[UUID, int], taken: Sequence[Pieces], given_back: Mapping[UUID, int]) -> dict[UUID, int]:
    """Return how many units were available before, of the variants that units were taken from."""
    before: dict[UUID, int] = {}
    for piece in taken:
        each = piece.variant_id
        before[each] = before.get(each, after[each] - given_back.get(each, 0)) + piece.quantity
    return before


def _allocate(wanted: Mapping[UUID, int], facts: Mapping[UUID, Facts], levels: Sequence[Level]) -> list[Pieces]:
    """Choose the location that each unit comes from.

    Variants that are not counted, or that can be backordered, take what is there and lack nothing.
    """
    places: dict[UUID, list[Level]] = defaultdict(list)
    for level in levels:
        if level.is_active and level.available > 0:
            places[level.variant_id].append(level)
    taken: list[Pieces] = []
    short: list[Detail] = []
    for variant_id, quantity in wanted.items():
        fact, left = facts[variant_id], quantity
        for level in places[variant_id] if fact.tracked else ():
            piece = min(left, level.available)
            if piece:
                taken.append(Pieces(variant_id, level.location_id, piece))
                left -= piece
        if left and fact.tracked and not fact.backorder:
            short.append(Detail(str(variant_id), f"{quantity} wanted, {quantity - left} available"))
    if short:
        count("InsufficientStock", len(short))
        raise InsufficientStock(details=short)
    return taken
