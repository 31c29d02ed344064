"""The SQL of stock levels.

Code that changes levels locks them first, in the order of their variants, and touches everything else later.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

# An expired reservation no longer counts, even before it is swept up: its units are free at once, for every caller.
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
# PostgreSQL plans the statement again for each array whose values it can see; it does not for one that a subquery
# makes.
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


_OPEN_LEVEL = text(
    """
    INSERT INTO stock_levels (variant_id, location_id) SELECT unnest(CAST(:ids AS uuid[])), :location_id
    ON CONFLICT DO NOTHING
    """
)
_LEVELS_AT = text(
    "SELECT variant_id, on_hand, reserved FROM stock_levels WHERE variant_id = ANY(:ids) AND location_id = :location_id"
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


class Sellable(NamedTuple):
    """The catalogue's data about a variant: whether it is on sale, counted, can be backordered, and its alert level."""

    variant_id: UUID
    on_sale: bool
    tracked: bool
    backorder: bool
    low_stock_alert: int


class Level(NamedTuple):
    """The available units of a variant at a location, and that location's data."""

    variant_id: UUID
    location_id: UUID
    available: int
    is_active: bool
    priority: int
    is_partly_expired: bool


class Count(NamedTuple):
    """The units of a variant at a location, and how many of them are reserved."""

    variant_id: UUID
    on_hand: int
    reserved: int


class Pieces(NamedTuple):
    """Units of a variant at a location."""

    variant_id: UUID
    location_id: UUID
    quantity: int


class Stock(NamedTuple):
    """A variant's stock over all locations."""

    variant_id: UUID
    sku: str
    product_name: str
    low_stock_alert: int
    on_hand: int
    reserved: int
    available: int
    alerted_since: datetime | None


class Drift(NamedTuple):
    """A level, and the numbers that movements and reservations sum up to."""

    variant_id: UUID
    location_id: UUID
    on_hand: int
    counted_on_hand: int
    reserved: int
    counted_reserved: int


def facts_of(session: Session, variant_ids: Sequence[UUID]) -> dict[UUID, Sellable]:
    """Return the catalogue's data about variants, by id, from the view `sellable_variants` that it publishes."""
    return {row.variant_id: Sellable._make(row) for row in session.execute(_FACTS, {"ids": list(variant_ids)})}


def available(session: Session, variant_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return how many units of variants are available now; variants that were never in stock are absent."""
    return {row.variant_id: row.available for row in session.execute(_AVAILABLE, {"ids": list(variant_ids)})}


def lock_levels_for_update(session: Session, variant_ids: Sequence[UUID]) -> list[Level]:
    """Lock all levels of variants, free what expired on them, and return the available units by variant and location.

    The locations that stock is taken from first come first.
    """
    ids = {"ids": list(variant_ids)}
    levels = [Level._make(row) for row in session.execute(_LEVELS, ids)]
    if any(level.is_partly_expired for level in levels):
        session.execute(_FREE_EXPIRED, ids)
        levels = [Level._make(row) for row in session.execute(_LEVELS, ids)]
    return sorted(levels, key=lambda level: (level.variant_id, level.priority, level.location_id))


def open_levels(session: Session, variant_ids: Sequence[UUID], location_id: UUID) -> None:
    """Make the levels that are missing at a location."""
    session.execute(_OPEN_LEVEL, {"ids": sorted(variant_ids), "location_id": location_id})


def levels_at(session: Session, variant_ids: Sequence[UUID], location_id: UUID) -> dict[UUID, Count]:
    """Return the units of variants at a location, and how many of them are reserved."""
    rows = session.execute(_LEVELS_AT, {"ids": list(variant_ids), "location_id": location_id})
    return {row.variant_id: Count._make(row) for row in rows}


def page_of_stock(session: Session, *, search: str, low: bool, limit: int, offset: int) -> tuple[list[Stock], int]:
    """Return one page of variants with their stock by SKU, and how many there are.

    `low` leaves only those at their alert level or below.
    """
    values = {"search": search, "low": low}
    rows = session.execute(_PAGE, values | {"limit": limit, "offset": offset})
    return [Stock._make(row) for row in rows], session.scalar(_COUNT, values) or 0


def drift(session: Session) -> list[Drift]:
    """Return the levels that differ from what movements and reservations sum up to."""
    return [Drift._make(row) for row in session.execute(_DRIFT)]
