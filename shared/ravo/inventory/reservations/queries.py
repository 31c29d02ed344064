"""The SQL of reservations. The levels that they change must be locked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ravo.inventory.reservations.models import Reservation, ReservationLine
from ravo.inventory.stock.queries import Pieces

_FREE_RESERVATION = text(
    """
    WITH freed AS (
        UPDATE reservation_lines SET held = false WHERE reservation_id = :id AND held
        RETURNING variant_id, location_id, quantity
    ), given_back AS (
        UPDATE stock_levels s SET reserved = s.reserved - f.quantity, updated_at = now()
        FROM freed f WHERE s.variant_id = f.variant_id AND s.location_id = f.location_id
    )
    UPDATE reservations SET status = 'released', version = version + 1, updated_at = now()
    WHERE id = :id AND status = 'active'
    RETURNING version
    """
)
# Units that are no longer there are not taken; the caller compares the count, and does not commit then.
_HOLD = text(
    """
    WITH wanted AS (
        SELECT * FROM jsonb_to_recordset(:pieces) AS p (variant_id uuid, location_id uuid, quantity integer)
    ), taken AS (
        UPDATE stock_levels s SET reserved = s.reserved + w.quantity, updated_at = now()
        FROM wanted w
        WHERE s.variant_id = w.variant_id AND s.location_id = w.location_id AND s.on_hand - s.reserved >= w.quantity
        RETURNING s.variant_id
    ), held AS (
        INSERT INTO reservations (id, session_id, status, expires_at) VALUES (:id, :session_id, 'active', :expires_at)
    ), lines AS (
        INSERT INTO reservation_lines (reservation_id, variant_id, location_id, quantity)
        SELECT :id, variant_id, location_id, quantity FROM wanted
    )
    SELECT count(*) FROM taken
    """
)


# The units of an expired reservation count as free already, so giving them back does not add to what is free.
_HELD_BY_SESSION = text(
    """
    SELECT r.id, rl.variant_id,
        CAST(sum(CASE WHEN r.expires_at > clock_timestamp() THEN rl.quantity ELSE 0 END) AS integer)
        AS counted
    FROM reservations r LEFT JOIN reservation_lines rl ON rl.reservation_id = r.id AND rl.held
    WHERE r.session_id = :session_id AND r.status = 'active'
    GROUP BY r.id, rl.variant_id
    """
)
_DELETE_ENDED = text(
    """
    DELETE FROM reservations WHERE id IN (
        SELECT id FROM reservations WHERE status <> 'active' AND updated_at < :older_than
        ORDER BY updated_at LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    """
)
_EXPIRED_RESERVATIONS = text(
    """
    SELECT r.id, array_agg(rl.variant_id) FILTER (WHERE rl.held) AS variant_ids
    FROM reservations r LEFT JOIN reservation_lines rl ON rl.reservation_id = r.id
    WHERE r.status = 'active' AND r.expires_at <= clock_timestamp()
    GROUP BY r.id ORDER BY r.id LIMIT :limit
    """
)


class Held(NamedTuple):
    """What a session holds; `counted` maps variants to the number of units that nobody else can have."""

    reservation_id: UUID
    counted: dict[UUID, int]


class Expired(NamedTuple):
    """An expired reservation, and the variants that it still holds."""

    id: UUID
    variant_ids: list[UUID] | None


def hold(
    session: Session,
    reservation_id: UUID,
    *,
    session_id: str,
    expires_at: datetime,
    pieces: Sequence[Pieces],
) -> bool:
    """Make a reservation, and reserve its units where they lie.

    False when any of them is no longer there; the transaction must not go on then.
    """
    rows = [{name: str(value) for name, value in piece._asdict().items()} for piece in pieces]
    values = {"id": reservation_id, "session_id": session_id, "expires_at": expires_at, "pieces": Jsonb(rows)}
    return session.scalar(_HOLD, values) == len(pieces)


def held_by_session(session: Session, session_id: str) -> Held | None:
    """Return a session's active reservation."""
    rows = session.execute(_HELD_BY_SESSION, {"session_id": session_id}).all()
    return Held(rows[0].id, {row.variant_id: row.counted for row in rows if row.variant_id}) if rows else None


def variants_of_reservation(session: Session, reservation_id: UUID) -> list[UUID] | None:
    """Return the variants that a reservation holds or held, or None when there is no such reservation."""
    if session.get(Reservation, reservation_id) is None:
        return None
    lines = select(ReservationLine.variant_id).where(ReservationLine.reservation_id == reservation_id)
    return list(session.scalars(lines))


def free_reservation(session: Session, reservation_id: UUID) -> int | None:
    """Give back what a reservation holds; returns its new version, or None when it was not active.

    Its levels must be locked.
    """
    return session.scalar(_FREE_RESERVATION, {"id": reservation_id})


def expired_reservations(session: Session, limit: int) -> list[Expired]:
    """Return expired reservations, with the variants that they still hold."""
    return [Expired._make(row) for row in session.execute(_EXPIRED_RESERVATIONS, {"limit": limit})]


def delete_ended_reservations(session: Session, *, older_than: datetime, limit: int) -> int:
    """Delete reservations that were given back or sold before a time; returns how many."""
    done: Any = session.execute(_DELETE_ENDED, {"older_than": older_than, "limit": limit})
    return done.rowcount


def any_active_reservation(session: Session) -> bool:
    """Whether any reservation is active."""
    return bool(session.scalar(select(select(Reservation.id).where(Reservation.status == "active").exists())))
