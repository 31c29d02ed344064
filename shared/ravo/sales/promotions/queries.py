"""The SQL of promotions and of their uses. Promotions are locked in the order of their ids."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from ravo.platform import crud
from ravo.sales.promotions.models import Promotion, PromotionCategory, PromotionProduct

_COUNT_USES = text(
    """
    WITH locked AS (
        SELECT id, max_uses, uses FROM promotions WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE
    )
    UPDATE promotions p SET uses = p.uses + 1 FROM locked
    WHERE p.id = locked.id AND (locked.max_uses IS NULL OR locked.uses < locked.max_uses)
    RETURNING p.id
    """
)
_USED_BY_CUSTOMER = text(
    """
    SELECT promotion_id, count(*) AS uses FROM promotion_uses
    WHERE promotion_id = ANY(:ids) AND customer = :customer AND given_back_at IS NULL
    GROUP BY promotion_id
    """
)
# Only promotions with a limit count their uses; the others have no counter that all orders would wait for.
_GIVE_BACK_USES = text(
    """
    WITH given AS (
        UPDATE promotion_uses SET given_back_at = now(), updated_at = now()
        WHERE order_id = :order_id AND given_back_at IS NULL RETURNING promotion_id
    ), locked AS (
        SELECT p.id FROM promotions p JOIN given ON given.promotion_id = p.id
        WHERE p.max_uses IS NOT NULL OR p.max_uses_per_customer IS NOT NULL ORDER BY p.id FOR NO KEY UPDATE OF p
    )
    UPDATE promotions p SET uses = greatest(p.uses - 1, 0) FROM locked WHERE p.id = locked.id
    """
)


class PromotionRow(NamedTuple):
    """A promotion without its products and categories; its amounts are in `currency`."""

    id: UUID
    code: str | None
    name: str
    kind: Literal["percent", "fixed", "buy_x_get_y", "free_shipping"]
    value: Decimal
    currency: str | None
    buy_quantity: int | None
    get_quantity: int | None
    min_subtotal: Decimal | None
    min_quantity: int | None
    max_uses: int | None
    max_uses_per_customer: int | None
    uses: int
    for_all_goods: bool
    stackable: bool
    priority: int
    starts_at: datetime | None
    ends_at: datetime | None
    is_active: bool
    deleted_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


def page(session: Session, *, code: str | None, limit: int, offset: int) -> tuple[Sequence[PromotionRow], int]:
    """Return one page of promotions, the newest first, and how many there are."""
    where = [Promotion.deleted_at.is_(None), *([Promotion.code == code] if code else [])]
    order = (Promotion.id.desc(),)
    return crud.page(session, PromotionRow, Promotion, where=where, order_by=order, limit=limit, offset=offset)


def promotion_by_id(session: Session, promotion_id: UUID) -> PromotionRow | None:
    """Return a promotion that was not deleted."""
    row = crud.by_id(session, PromotionRow, Promotion, promotion_id)
    return row if row and row.deleted_at is None else None


def add_promotion(session: Session, **values: Any) -> PromotionRow:
    """Make a promotion."""
    return crud.add(session, PromotionRow, Promotion, values)


def update_promotion(
    session: Session, promotion_id: UUID, version: int, values: Mapping[str, Any]
) -> PromotionRow | None:
    """Change a promotion at a version."""
    return crud.update_version(session, PromotionRow, Promotion, promotion_id, version, values)


def delete_promotion(session: Session, promotion_id: UUID) -> bool:
    """Mark a promotion as deleted, since orders refer to it; returns whether it was there."""
    statement = (
        update(Promotion)
        .where(Promotion.id == promotion_id, Promotion.deleted_at.is_(None))
        .values(deleted_at=func.now(), updated_at=func.now(), version=Promotion.version + 1)
        .returning(Promotion.id)
    )
    return session.scalar(statement) is not None


def targets_of_promotion(session: Session, promotion_id: UUID) -> tuple[list[UUID], list[UUID]]:
    """Return the products and the categories that a promotion applies to."""
    products = select(func.array_agg(PromotionProduct.product_id)).where(PromotionProduct.promotion_id == promotion_id)
    categories = select(func.array_agg(PromotionCategory.category_id)).where(
        PromotionCategory.promotion_id == promotion_id
    )
    row = session.execute(select(products.scalar_subquery(), categories.scalar_subquery())).one()
    return sorted(row[0] or []), sorted(row[1] or [])


def replace_targets(
    session: Session, promotion_id: UUID, *, products: Sequence[UUID], categories: Sequence[UUID]
) -> None:
    """Make these the products and categories that a promotion applies to."""
    session.execute(delete(PromotionProduct).where(PromotionProduct.promotion_id == promotion_id))
    session.execute(delete(PromotionCategory).where(PromotionCategory.promotion_id == promotion_id))
    if products:
        rows = [{"promotion_id": promotion_id, "product_id": each} for each in dict.fromkeys(products)]
        session.execute(insert(PromotionProduct), rows)
    if categories:
        rows = [{"promotion_id": promotion_id, "category_id": each} for each in dict.fromkeys(categories)]
        session.execute(insert(PromotionCategory), rows)


def count_uses(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    """Lock promotions, count one use of each that has any left, and return those."""
    return set(session.scalars(_COUNT_USES, {"ids": list(ids)}))


def used_by_customer(session: Session, ids: Sequence[UUID], customer: str) -> dict[UUID, int]:
    """Return how often a customer used each promotion. The promotions must be locked."""
    rows = session.execute(_USED_BY_CUSTOMER, {"ids": list(ids), "customer": customer})
    return {row.promotion_id: row.uses for row in rows}


def give_back_uses(session: Session, order_id: UUID) -> None:
    """Let the promotions of an order be used again; doing it twice changes nothing more."""
    session.execute(_GIVE_BACK_USES, {"order_id": order_id})
