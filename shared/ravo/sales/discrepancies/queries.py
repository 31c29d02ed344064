"""The SQL of discrepancies: where a provider's books and ours differ."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from ravo.platform.ids import uuid7
from ravo.sales.discrepancies.models import PaymentDiscrepancy

_OPEN = text(
    """
    INSERT INTO payment_discrepancies (id, kind, provider, intent_id, order_id, expected, actual, currency)
    VALUES (:id, :kind, :provider, :intent_id, :order_id, :expected, :actual, :currency)
    ON CONFLICT (provider, intent_id, kind) WHERE resolved_at IS NULL DO UPDATE
    SET expected = excluded.expected, actual = excluded.actual, updated_at = now()
    """
)
_RESOLVE = text(
    """
    UPDATE payment_discrepancies SET resolved_at = now(), updated_at = now()
    WHERE provider = :provider AND resolved_at IS NULL AND created_at >= :since
        AND NOT (kind || ':' || intent_id = ANY(:found))
    """
)


def open_one(
    session: Session,
    kind: str,
    intent_id: str,
    *,
    provider: str,
    order_id: UUID | None,
    currency: str,
    expected: Decimal | None = None,
    actual: Decimal | None = None,
) -> None:
    """Open a discrepancy, or update the one that is open."""
    values = {
        "id": uuid7(),
        "kind": kind,
        "provider": provider,
        "intent_id": intent_id,
        "order_id": order_id,
        "expected": expected,
        "actual": actual,
        "currency": currency,
    }
    session.execute(_OPEN, values)


def resolve_others(session: Session, *, provider: str, since: datetime, found: Collection[tuple[str, str]]) -> None:
    """Close the open discrepancies since a time that were not found again; `found` holds kinds with intents."""
    values = {"provider": provider, "since": since, "found": [f"{kind}:{intent_id}" for kind, intent_id in found]}
    session.execute(_RESOLVE, values)


def open_intents(session: Session, kind: str, *, provider: str, since: datetime) -> Sequence[str]:
    """Return the payments with an open discrepancy of a kind, of those that `resolve_others` would close."""
    is_open = PaymentDiscrepancy.resolved_at.is_(None) & (PaymentDiscrepancy.created_at >= since)
    mine = (PaymentDiscrepancy.provider == provider) & (PaymentDiscrepancy.kind == kind)
    return session.scalars(select(PaymentDiscrepancy.intent_id).where(is_open & mine)).all()


def page(session: Session, *, limit: int, offset: int) -> tuple[Sequence[PaymentDiscrepancy], int]:
    """Return one page of open discrepancies, the newest first, and how many there are."""
    is_open = PaymentDiscrepancy.resolved_at.is_(None)
    rows = select(PaymentDiscrepancy).where(is_open).order_by(PaymentDiscrepancy.id.desc()).limit(limit).offset(offset)
    total = session.scalar(select(func.count()).select_from(PaymentDiscrepancy).where(is_open))
    return session.scalars(rows).all(), total or 0
