"""Promotions as answers to staff."""

from uuid import UUID

from sqlalchemy.orm import Session

from ravo.platform.paging import Page, Paging
from ravo.sales.promotions import queries, service
from ravo.sales.promotions.queries import PromotionRow
from ravo.sales.promotions.schemas import PromotionReply, PromotionSummary
from ravo.sales.replies import money_or_none, percent_of


def promotion_of(session: Session, row: PromotionRow) -> PromotionReply:
    """Return a promotion with its products and categories."""
    products, categories = queries.targets_of_promotion(session, row.id)
    return PromotionReply.of(_summary(row), product_ids=products, category_ids=categories)


def promotion_by_id(session: Session, promotion_id: UUID) -> PromotionReply:
    """Return a promotion. Refuses with `PromotionNotFound`."""
    return promotion_of(session, service.find(session, promotion_id))


def page_of_promotions(session: Session, paging: Paging, *, code: str | None) -> tuple[list[PromotionSummary], Page]:
    """Return one page of promotions, the newest first."""
    rows, total = queries.page(session, code=code, limit=paging.limit, offset=paging.offset)
    return [_summary(row) for row in rows], Page.of(paging, total)


def _summary(row: PromotionRow) -> PromotionSummary:
    return PromotionSummary(
        id=row.id,
        code=row.code,
        name=row.name,
        kind=row.kind,
        percent=percent_of(row.value) if row.kind == "percent" else None,
        amount=money_or_none(row.value, row.currency) if row.kind == "fixed" else None,
        buy_quantity=row.buy_quantity,
        get_quantity=row.get_quantity,
        min_subtotal=money_or_none(row.min_subtotal, row.currency),
        min_quantity=row.min_quantity,
        max_uses=row.max_uses,
        max_uses_per_customer=row.max_uses_per_customer,
        uses=row.uses,
        for_all_goods=row.for_all_goods,
        stackable=row.stackable,
        priority=row.priority,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        is_active=row.is_active,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
