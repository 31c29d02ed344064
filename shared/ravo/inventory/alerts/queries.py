"""The SQL of alerts.

A caller that opens or closes alerts first locks the open ones, in the order of their variants, and only then reads the
stock.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.platform.ids import uuid7

# The view that the catalogue publishes of its variants; no other table of the catalogue is read.
_COUNTED = text(
    """
    SELECT variant_id, sku, product_name, low_stock_alert FROM sellable_variants
    WHERE variant_id = ANY(:ids) AND tracked ORDER BY sku
    """
)
_LOCK_OPEN = text(
    """
    SELECT variant_id FROM stock_alerts WHERE variant_id = ANY(:ids) AND resolved_at IS NULL
    ORDER BY variant_id FOR UPDATE
    """
)
_OPEN = text(
    """
    INSERT INTO stock_alerts (id, variant_id, event_id)
    SELECT new.id, new.variant_id, :event_id
    FROM unnest(CAST(:ids AS uuid[]), CAST(:variant_ids AS uuid[])) AS new (id, variant_id)
    ORDER BY new.variant_id
    ON CONFLICT (variant_id) WHERE resolved_at IS NULL DO NOTHING
    """
)
_CLOSE = text(
    """
    UPDATE stock_alerts SET resolved_at = now(), updated_at = now()
    WHERE variant_id = ANY(:ids) AND resolved_at IS NULL
    """
)
_OPENED_BY = text("SELECT variant_id FROM stock_alerts WHERE event_id = :event_id AND resolved_at IS NULL")


class Counted(NamedTuple):
    """A variant whose stock is counted, and its alert level."""

    variant_id: UUID
    sku: str
    product_name: str
    low_stock_alert: int


def counted_variants(session: Session, variant_ids: Sequence[UUID]) -> list[Counted]:
    """Return those of the variants whose stock is counted, by SKU, with name and alert level."""
    return [Counted._make(row) for row in session.execute(_COUNTED, {"ids": list(variant_ids)})]


def open_alerts_for_update(session: Session, variant_ids: Sequence[UUID]) -> list[UUID]:
    """Lock the open alerts of variants, and return which variants have one."""
    return list(session.scalars(_LOCK_OPEN, {"ids": list(variant_ids)}))


def open_alerts(session: Session, variant_ids: Sequence[UUID], *, event_id: UUID) -> None:
    """Open an alert for each variant that has none."""
    ids = [uuid7() for _ in variant_ids]
    session.execute(_OPEN, {"ids": ids, "variant_ids": list(variant_ids), "event_id": event_id})


def close_alerts(session: Session, variant_ids: Sequence[UUID]) -> None:
    """Close the open alerts of variants."""
    session.execute(_CLOSE, {"ids": list(variant_ids)})


def opened_by(session: Session, event_id: UUID) -> set[UUID]:
    """Return the variants whose open alert was opened by an event."""
    return set(session.scalars(_OPENED_BY, {"event_id": event_id}))
