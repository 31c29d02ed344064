"""What orders do to stock. An order's units are held under its own name, which no shopper's session can have."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.inventory.movements import queries as movement_queries
from ravo.inventory.movements.queries import NewMovement
from ravo.inventory.movements.service import movement
from ravo.inventory.reservations import queries as reservation_queries
from ravo.inventory.reservations.schemas import Demand
from ravo.inventory.reservations.service import hold
from ravo.inventory.selling import queries as selling
from ravo.inventory.stock import queries as stock_queries
from ravo.inventory.stock.service import Facts, tell


def hold_for_order(
    session: Session,
    order_id: UUID,
    pieces: Mapping[UUID, int],
    *,
    until: datetime,
    cart_id: UUID | None = None,
    facts: Mapping[UUID, Facts] | None = None,
) -> None:
    """Hold an order's units by variant, in the place of what its cart held.

    `facts` is the catalogue's data about the variants, if the transaction has read it already. Refuses with
    `InsufficientStock` or `UnknownVariant`.
    """
    items = [Demand(variant_id=variant_id, quantity=quantity) for variant_id, quantity in pieces.items()]
    instead_of = str(cart_id) if cart_id else None
    hold(session, items, session_id=_holder(order_id), until=until, instead_of=instead_of, facts=facts)


def sell(session: Session, order_id: UUID, *, reference: str) -> bool:
    """Sell the units that an order holds; False when it no longer holds any, and nothing changed then."""
    held = reservation_queries.held_by_session(session, _holder(order_id))
    if held is None:
        return False
    stock_queries.lock_levels_for_update(session, sorted(held.counted))
    sold = selling.sell_reservation(session, held.reservation_id)
    if sold is None:
        return False
    movement_queries.move(
        session,
        [movement(row.variant_id, row.location_id, -row.quantity, "sold", reference=reference) for row in sold],
    )
    return True


def let_go(session: Session, order_id: UUID) -> None:
    """Give back the units that an unpaid order holds, if it holds any."""
    held = reservation_queries.held_by_session(session, _holder(order_id))
    if held is None:
        return
    stock_queries.lock_levels_for_update(session, sorted(held.counted))
    version = reservation_queries.free_reservation(session, held.reservation_id)
    if version is not None and held.counted:
        tell(session, sorted(held.counted), cause=held.reservation_id, version=version)


def take_back(
    session: Session,
    *,
    sold: Sequence[str],
    reference: str,
    cause: UUID,
    pieces: Mapping[UUID, int] | None = None,
    actor_id: UUID | None = None,
) -> dict[UUID, int]:
    """Put units back where they came from, all of them or those named, at most those that are still out.

    Returns how many by variant. `sold` holds the references of the sale and of all that was taken back of it. The
    caller holds the order's lock, so that nobody else takes back the same units meanwhile.
    """
    places = selling.gone(session, sold)
    wanted = Counter(pieces)
    if pieces is None:
        for place in places:
            wanted[place.variant_id] += place.quantity
    back: Counter[UUID] = Counter()
    moves: list[NewMovement] = []
    for place in places:
        count = min(place.quantity, wanted[place.variant_id] - back[place.variant_id])
        if count > 0:
            back[place.variant_id] += count
            moves.append(
                movement(place.variant_id, place.location_id, count, "returned", actor_id=actor_id, reference=reference)
            )
    if moves:
        stock_queries.lock_levels_for_update(session, sorted(back))
        movement_queries.move(session, moves)
        tell(session, sorted(back), cause=cause, version=1)
    return dict(back)


def _holder(order_id: UUID) -> str:
    return f"order:{order_id}"
