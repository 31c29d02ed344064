"""The SQL of selling. The levels of all variants concerned must be locked."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.inventory.stock.queries import Pieces

# A reservation that has expired by now is not sold, whether it was swept up or not.
_SELL = text(
    """
    WITH ended AS (
        UPDATE reservations SET status = 'sold', version = version + 1, updated_at = now()
        WHERE id = :id AND status = 'active' AND expires_at > clock_timestamp()
        RETURNING id
    ), sold AS (
        UPDATE reservation_lines rl SET held = false FROM ended WHERE rl.reservation_id = ended.id AND held
        RETURNING variant_id, location_id, quantity
    ), let_go AS (
        UPDATE stock_levels s SET reserved = s.reserved - sold.quantity, updated_at = now()
        FROM sold WHERE s.variant_id = sold.variant_id AND s.location_id = sold.location_id
    )
    SELECT sold.variant_id, sold.location_id, sold.quantity FROM ended LEFT JOIN sold ON true
    """
)
_GONE = text(
    """
    SELECT variant_id, location_id, -sum(delta)::integer AS quantity FROM stock_movements
    WHERE reference = ANY(:references) GROUP BY variant_id, location_id HAVING sum(delta) < 0
    ORDER BY variant_id, location_id
    """
)


def sell_reservation(session: Session, reservation_id: UUID) -> list[Pieces] | None:
    """End a reservation as sold and return its units by location.

    None when it is no longer active; nothing changed then.
    """
    rows = session.execute(_SELL, {"id": reservation_id}).all()
    return [Pieces._make(row) for row in rows if row.variant_id] if rows else None


def gone(session: Session, references: Sequence[str]) -> list[Pieces]:
    """Return by location how many more units went than came, for these causes together."""
    return [Pieces._make(row) for row in session.execute(_GONE, {"references": list(references)})]
