"""The SQL of stock and reservations. Whoever changes levels locks them first, in the order of their variants, and only then touches anything else."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from ravo.inventory.models import Reservation, ReservationLine, StockMovement

# What expired and was not swept up yet counts no more: it is free from its last moment on, whoever looks.
_EXPIRED = """
    SELECT rl.variant_id, rl.location_id, sum(rl.quantity) AS quantity
    FROM reservation_lines rl JOIN reservations r ON r.id = rl.reservation_id
    WHERE rl.held AND r.status = 'active' AND r.expires_at <= clock_timestamp()
    GROUP BY 1, 2
"""
_STOCK = f"""
    SELECT s.variant_id, sum(s.on_hand) AS on_hand, sum(s.reserved - coalesce(e.quantity, 0)) AS reserved
    FROM stock_levels s LEFT JOIN ({_EXPIRED}) e USING (variant_id, location_id)
    GROUP BY s.variant_id
"""
_FACTS = text(
    """
    SELECT variant_id, on_sale, tracked, backorder, low_stock_alert FROM sellable_variants WHERE variant_id = ANY(:ids)
    """
)
_AVAILABLE = text(
    f"SELECT variant_id, on_hand - reserved AS available FROM ({_STOCK}) stock WHERE variant_id = ANY(:ids)"
)
# An array that PostgreSQL can look into makes it plan a statement anew for each; one that comes out of the statement does not.
_LEVELS = text(
    f"""
    SELECT s.variant_id, s.location_id, s.on_hand - s.reserved AS available, l.is_active, l.priority,
        EXISTS (SELECT FROM ({_EXPIRED}) e WHERE e.variant_id = s.variant_id) AS is_partly_expired
    FROM stock_levels s JOIN locations l ON l.id = s.location_id
    WHERE s.variant_id = ANY(ARRAY(SELECT unnest(CAST(:ids AS uuid[]))))
    ORDER BY s.variant_id, s.location_id FOR UPDATE OF s
    """
)
_FREE_EXPIRED = text(
    """
    WITH freed AS (
        UPDATE reservation_lines rl SET held = false FROM reservations r
        WHERE r.id = rl.reservation_id AND rl.held AND rl.variant_id = ANY(:ids)
            AND r.status = 'active' AND r.expires_at <= clock_timestamp()
        RETURNING rl.variant_id, rl.location_id, rl.quantity
    )
    UPDATE stock_levels s SET reserved = s.reserved - f.quantity, updated_at = now()
    FROM (SELECT variant_id, location_id, sum(quantity) AS quantity FROM freed GROUP BY 1, 2) f
    WHERE s.variant_id = f.variant_id AND s.location_id = f.location_id
    """
)
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
# Pieces that are not there any more are not taken, and whoever counts what was does not commit.
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
_OPEN_LEVEL = text(
    """
    INSERT INTO stock_levels (variant_id, location_id) SELECT unnest(CAST(:ids AS uuid[])), :location_id
    ON CONFLICT DO NOTHING
    """
)
_LEVELS_AT = text(
    "SELECT variant_id, on_hand, reserved FROM stock_levels WHERE variant_id = ANY(:ids) AND location_id = :location_id"
)
_MOVE = text(
    """
    WITH moved AS (
        INSERT INTO stock_movements (id, variant_id, location_id, delta, reason, note, actor_id, reference)
        SELECT id, variant_id, location_id, delta, reason, note, actor_id, reference
        FROM jsonb_to_recordset(:movements) AS m (
            id uuid, variant_id uuid, location_id uuid, delta integer, reason text, note text, actor_id uuid, reference text
        )
        RETURNING variant_id, location_id, delta
    )
    UPDATE stock_levels s SET on_hand = s.on_hand + m.delta, updated_at = now()
    FROM moved m WHERE s.variant_id = m.variant_id AND s.location_id = m.location_id
    """
)
_LISTED = """
    FROM sellable_variants v LEFT JOIN ({stock}) stock ON stock.variant_id = v.variant_id
    LEFT JOIN stock_alerts a ON a.variant_id = v.variant_id AND a.resolved_at IS NULL
    WHERE (:search = '' OR starts_with(v.sku, :search)) AND (NOT :low OR (v.tracked AND stock.variant_id IS NOT NULL
        AND stock.on_hand - stock.reserved <= v.low_stock_alert))
"""
_PAGE = text(
    f"""
    SELECT v.variant_id, v.sku, v.product_name, v.low_stock_alert, coalesce(stock.on_hand, 0) AS on_hand,
        coalesce(stock.reserved, 0) AS reserved, coalesce(stock.on_hand - stock.reserved, 0) AS available,
        a.raised_at AS alerted_since
    {_LISTED.format(stock=_STOCK)}
    ORDER BY v.sku LIMIT :limit OFFSET :offset
    """
)
_COUNT = text(f"SELECT count(*) {_LISTED.format(stock=_STOCK)}")
# Pieces of a reservation that has expired count as free already, so giving them back makes no more of them.
_HELD_BY_SESSION = text(
    """
    SELECT r.id, rl.variant_id, CAST(sum(CASE WHEN r.expires_at > clock_timestamp() THEN rl.quantity ELSE 0 END) AS integer)
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
_DRIFT = text(
    """
    SELECT s.variant_id, s.location_id, s.on_hand, coalesce(m.on_hand, 0) AS counted_on_hand,
        s.reserved, coalesce(h.reserved, 0) AS counted_reserved
    FROM stock_levels s
    LEFT JOIN (SELECT variant_id, location_id, sum(delta) AS on_hand FROM stock_movements GROUP BY 1, 2) m
        USING (variant_id, location_id)
    LEFT JOIN (
        SELECT variant_id, location_id, sum(quantity) AS reserved FROM reservation_lines WHERE held GROUP BY 1, 2
    ) h USING (variant_id, location_id)
    WHERE s.on_hand <> coalesce(m.on_hand, 0) OR s.reserved <> coalesce(h.reserved, 0)
    ORDER BY s.variant_id, s.location_id
    """
)


class Held(NamedTuple):
    """What a session holds; `counted` says by variant how many pieces of it nobody else can have."""

    reservation_id: UUID
    counted: dict[UUID, int]


def facts_of(session: Session, variant_ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Return what the catalogue says of variants, by id: its view `sellable_variants` is what it publishes for others."""
    return {row.variant_id: row for row in session.execute(_FACTS, {"ids": list(variant_ids)})}


def available(session: Session, variant_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return how many pieces of variants can be had now; those that were never in stock are absent."""
    return {row.variant_id: row.available for row in session.execute(_AVAILABLE, {"ids": list(variant_ids)})}


def lock_levels_for_update(session: Session, variant_ids: Sequence[UUID]) -> Sequence[Any]:
    """Lock all levels of variants, let go of what expired on them, and return what of each is free where, the places that are taken from first first."""
    ids = {"ids": list(variant_ids)}
    levels = session.execute(_LEVELS, ids).all()
    if any(level.is_partly_expired for level in levels):
        session.execute(_FREE_EXPIRED, ids)
        levels = session.execute(_LEVELS, ids).all()
    return sorted(levels, key=lambda level: (level.variant_id, level.priority, level.location_id))


def hold(
    session: Session,
    reservation_id: UUID,
    *,
    session_id: str,
    expires_at: datetime,
    pieces: Sequence[Mapping[str, Any]],
) -> bool:
    """Make a reservation, and reserve its pieces where they lie; False when any of them is not there any more, and then the transaction must not go on."""
    rows = [{name: str(value) for name, value in piece.items()} for piece in pieces]
    values = {"id": reservation_id, "session_id": session_id, "expires_at": expires_at, "pieces": Jsonb(rows)}
    return session.scalar(_HOLD, values) == len(pieces)


def held_by_session(session: Session, session_id: str) -> Held | None:
    """Return a session's active reservation."""
    rows = session.execute(_HELD_BY_SESSION, {"session_id": session_id}).all()
    return Held(rows[0].id, {row.variant_id: row.counted for row in rows if row.variant_id}) if rows else None


def variants_of_reservation(session: Session, reservation_id: UUID) -> list[UUID] | None:
    """Return the variants that a reservation holds or held, or None where there is none."""
    if session.get(Reservation, reservation_id) is None:
        return None
    lines = select(ReservationLine.variant_id).where(ReservationLine.reservation_id == reservation_id)
    return list(session.scalars(lines))


def free_reservation(session: Session, reservation_id: UUID) -> int | None:
    """Give back what a reservation holds; returns its new version, or None when it was not active. Its levels must be locked."""
    return session.scalar(_FREE_RESERVATION, {"id": reservation_id})


def open_levels(session: Session, variant_ids: Sequence[UUID], location_id: UUID) -> None:
    """Make the levels that are missing at a location."""
    session.execute(_OPEN_LEVEL, {"ids": sorted(variant_ids), "location_id": location_id})


def levels_at(session: Session, variant_ids: Sequence[UUID], location_id: UUID) -> dict[UUID, Any]:
    """Return what of variants lies at a location, and what of it is reserved."""
    rows = session.execute(_LEVELS_AT, {"ids": list(variant_ids), "location_id": location_id})
    return {row.variant_id: row for row in rows}


def move(session: Session, movements: Sequence[Mapping[str, Any]]) -> None:
    """Write movements into the ledger, and what they change into the levels, as one. The levels must be locked."""
    if movements:
        rows = [{name: None if value is None else str(value) for name, value in row.items()} for row in movements]
        session.execute(_MOVE, {"movements": Jsonb(rows)})


def moved_before(session: Session, reference: str) -> set[UUID]:
    """Return the variants that a cause has moved already."""
    return set(session.scalars(select(StockMovement.variant_id).where(StockMovement.reference == reference)))


def page_of_stock(session: Session, *, search: str, low: bool, limit: int, offset: int) -> tuple[Sequence[Any], int]:
    """Return one page of variants with their stock by SKU, and how many there are; `low` leaves those at their alert level."""
    values = {"search": search, "low": low}
    rows = session.execute(_PAGE, values | {"limit": limit, "offset": offset}).all()
    return rows, session.scalar(_COUNT, values) or 0


def page_of_movements(
    session: Session, variant_id: UUID, *, limit: int, offset: int
) -> tuple[Sequence[StockMovement], int]:
    """Return one page of a variant's movements, the newest first, and how many there are."""
    mine = StockMovement.variant_id == variant_id
    page = select(StockMovement).where(mine).order_by(StockMovement.id.desc()).limit(limit).offset(offset)
    return session.scalars(page).all(), session.scalar(select(func.count()).where(mine)) or 0


def expired_reservations(session: Session, limit: int) -> Sequence[Any]:
    """Return reservations whose time is over, with the variants that they still hold."""
    return session.execute(_EXPIRED_RESERVATIONS, {"limit": limit}).all()


def delete_ended_reservations(session: Session, *, older_than: datetime, limit: int) -> int:
    """Delete reservations that were given back or sold before a time; returns how many."""
    done: Any = session.execute(_DELETE_ENDED, {"older_than": older_than, "limit": limit})
    return done.rowcount


def any_active_reservation(session: Session) -> bool:
    """Whether anyone holds anything."""
    return bool(session.scalar(select(select(Reservation.id).where(Reservation.status == "active").exists())))


def drift(session: Session) -> Sequence[Any]:
    """Return the levels that differ from what movements and reservations sum up to."""
    return session.execute(_DRIFT).all()
