"""Stock as staff see it."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from ravo.inventory.stock import queries
from ravo.inventory.stock.schemas import LowStockReply, StockReply
from ravo.platform.paging import Page, Paging


def page_of_stock(session: Session, paging: Paging, *, search: str) -> tuple[Sequence[StockReply], Page]:
    """Return one page of variants with their stock by SKU."""
    rows, total = queries.page_of_stock(session, search=search, low=False, limit=paging.limit, offset=paging.offset)
    return [StockReply.model_validate(row) for row in rows], Page.of(paging, total)


def page_of_low_stock(session: Session, paging: Paging) -> tuple[Sequence[LowStockReply], Page]:
    """Return one page of the variants at their alert level or below by SKU."""
    rows, total = queries.page_of_stock(session, search="", low=True, limit=paging.limit, offset=paging.offset)
    return [LowStockReply.model_validate(row) for row in rows], Page.of(paging, total)
