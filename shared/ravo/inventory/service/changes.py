"""Telling others that stock has changed."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.inventory import queries
from ravo.inventory.events import StockChanged, StockLow
from ravo.platform import outbox


def tell(session: Session, variant_ids: Sequence[UUID], *, cause: UUID, version: int) -> None:
    """Record what can be sold of variants now, in the transaction that changed it."""
    there = queries.available(session, variant_ids)
    if there:
        outbox.record(session, StockChanged(aggregate_id=cause, version=version, available=there))


def tell_if_low(session: Session, variant_id: UUID, *, before: int, after: int, alert: int, cause: UUID) -> None:
    """Record that a variant fell to its alert level; told once, when it falls."""
    if after <= alert < before:
        outbox.record(session, StockLow(aggregate_id=cause, version=1, variant_ids=[variant_id]))
