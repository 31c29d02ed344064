"""Discrepancies as answers."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from ravo.platform.paging import Page, Paging
from ravo.sales.discrepancies import queries
from ravo.sales.discrepancies.models import PaymentDiscrepancy
from ravo.sales.discrepancies.schemas import DiscrepancyReply
from ravo.sales.replies import money_or_none


def page_of_discrepancies(session: Session, paging: Paging) -> tuple[Sequence[DiscrepancyReply], Page]:
    """Return one page of open discrepancies, the newest first."""
    rows, total = queries.page(session, limit=paging.limit, offset=paging.offset)
    return [_reply(row) for row in rows], Page.of(paging, total)


def _reply(row: PaymentDiscrepancy) -> DiscrepancyReply:
    return DiscrepancyReply(
        id=row.id,
        kind=row.kind,  # pyright: ignore[reportArgumentType]  (the table's check only allows these)
        provider=row.provider,
        intent_id=row.intent_id,
        order_id=row.order_id,
        expected=money_or_none(row.expected, row.currency),
        actual=money_or_none(row.actual, row.currency),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
