"""Discrepancies as answers."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from ravo.platform.paging import Page, Paging
from ravo.platform.schemas import Money
from ravo.sales.models.payments import PaymentDiscrepancy
from ravo.sales.payments import discrepancy_queries
from ravo.sales.payments.schemas import DiscrepancyReply


def page_of_discrepancies(session: Session, paging: Paging) -> tuple[Sequence[DiscrepancyReply], Page]:
    """Return one page of what does not add up, the newest first."""
    rows, total = discrepancy_queries.page(session, limit=paging.limit, offset=paging.offset)
    return [_reply(row) for row in rows], Page.of(paging, total)


def _reply(row: PaymentDiscrepancy) -> DiscrepancyReply:
    return DiscrepancyReply(
        id=row.id,
        kind=row.kind,  # pyright: ignore[reportArgumentType]  (the table's check allows these alone)
        provider=row.provider,
        intent_id=row.intent_id,
        order_id=row.order_id,
        expected=_money(row.expected, row.currency),
        actual=_money(row.actual, row.currency),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money.of(amount, currency)
