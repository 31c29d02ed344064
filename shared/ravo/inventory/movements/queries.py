"""The SQL of movements. The levels that they change must be locked."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from ravo.inventory.movements.models import StockMovement

_MOVE = text(
    """
    WITH moved AS (
        INSERT INTO stock_movements (id, variant_id, location_id, delta, reason, note, actor_id, reference)
        SELECT id, variant_id, location_id, delta, reason, note, actor_id, reference
        FROM jsonb_to_recordset(:movements) AS m (
            id uuid, variant_id uuid, location_id uuid, delta integer, reason text, note text,
            actor_id uuid, reference text
        )
        RETURNING variant_id, location_id, delta
    )
    UPDATE stock_levels s SET on_hand = s.on_hand + m.delta, updated_at = now()
    FROM moved m WHERE s.variant_id = m.variant_id AND s.location_id = m.location_id
    """
)


class NewMovement(NamedTuple):
    """A change of the stock at a location, to be written."""

    id: UUID
    variant_id: UUID
    location_id: UUID
    delta: int
    reason: str
    note: str
    actor_id: UUID | None
    reference: str | None


def move(session: Session, movements: Sequence[NewMovement]) -> None:
    """Write movements into the ledger and update the levels, in one statement. The levels must be locked."""
    if movements:
        rows = [
            {name: None if value is None else str(value) for name, value in row._asdict().items()} for row in movements
        ]
        session.execute(_MOVE, {"movements": Jsonb(rows)})


def moved_before(session: Session, reference: str) -> set[UUID]:
    """Return the variants that a cause has moved already."""
    return set(session.scalars(select(StockMovement.variant_id).where(StockMovement.reference == reference)))


def page_of_movements(
    session: Session, variant_id: UUID, *, limit: int, offset: int
) -> tuple[Sequence[StockMovement], int]:
    """Return one page of a variant's movements, the newest first, and how many there are."""
    mine = StockMovement.variant_id == variant_id
    page = select(StockMovement).where(mine).order_by(StockMovement.id.desc()).limit(limit).offset(offset)
    return session.scalars(page).all(), session.scalar(select(func.count()).where(mine)) or 0
