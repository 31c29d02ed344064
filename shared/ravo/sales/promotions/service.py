"""The rules of promotions. Carts see a change with their next price; orders keep the discount that they got."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.platform.constraints import raising_for_constraints
from ravo.platform.errors import Detail, VersionConflict
from ravo.platform.patching import merged, sent
from ravo.sales.pricing import Applied
from ravo.sales.promotions import queries
from ravo.sales.promotions.errors import (
    PromotionCodeTaken,
    PromotionNotFound,
    PromotionTargetUnknown,
    PromotionUsedMore,
    PromotionUsedUp,
)
from ravo.sales.promotions.queries import PromotionRow
from ravo.sales.promotions.schemas import PromotionChange, PromotionInput, PromotionTerms
from ravo.sales.quotes.queries import Limits

_REFUSED = {
    "uq_promotions_code": PromotionCodeTaken,
    "ck_promotions_uses_within_limit": PromotionUsedMore,
    "fk_promotion_products_product_id": PromotionTargetUnknown,
    "fk_promotion_categories_category_id": PromotionTargetUnknown,
}
_NULLABLE = frozenset(PromotionTerms.model_fields)
_TARGETS = {"product_ids", "category_ids"}


def find(session: Session, promotion_id: UUID) -> PromotionRow:
    """Return a promotion. Refuses with `PromotionNotFound`."""
    promotion = queries.promotion_by_id(session, promotion_id)
    if promotion is None:
        raise PromotionNotFound
    return promotion


def create(session: Session, given: PromotionInput) -> PromotionRow:
    """Make a promotion. Refuses with `PromotionCodeTaken` or `PromotionTargetUnknown`."""
    with raising_for_constraints(_REFUSED):
        promotion = queries.add_promotion(session, **_columns(given), for_all_goods=_is_for_all(given))
        queries.replace_targets(session, promotion.id, products=given.product_ids, categories=given.category_ids)
    return promotion


def change(session: Session, promotion_id: UUID, given: PromotionChange) -> PromotionRow:
    """Change what was sent.

    Refuses with `PromotionNotFound`, `VersionConflict`, `PromotionCodeTaken`, `PromotionUsedMore`,
    `PromotionTargetUnknown`, or `Invalid` for what does not fit together.
    """
    promotion = find(session, promotion_id)
    if promotion.version != given.version:
        raise VersionConflict
    products, categories = queries.targets_of_promotion(session, promotion_id)
    stored = _stored(promotion) | {"product_ids": products, "category_ids": categories}
    values = sent(given, nullable=_NULLABLE)
    wanted = merged(PromotionInput, stored, values)
    retargeted = bool(_TARGETS & values.keys())
    columns = _columns(wanted) | ({"for_all_goods": _is_for_all(wanted)} if retargeted else {})
    with raising_for_constraints(_REFUSED):
        changed = queries.update_promotion(session, promotion_id, given.version, columns)
        if changed is None:
            raise VersionConflict
        if retargeted:
            queries.replace_targets(session, promotion_id, products=wanted.product_ids, categories=wanted.category_ids)
    return changed


def delete(session: Session, promotion_id: UUID) -> None:
    """Delete a promotion; its code is free again. Refuses with `PromotionNotFound`."""
    if not queries.delete_promotion(session, promotion_id):
        raise PromotionNotFound


def redeem(
    session: Session, applied: Sequence[Applied], limits: Mapping[UUID, Limits], *, customer: str
) -> dict[UUID, Decimal]:
    """Use each promotion that took something off once, and return by id how much it took.

    Refuses with `PromotionUsedUp`, naming those that are used up. Promotions without limits are not counted: every
    checkout would wait for their row.
    """
    offers = {each.offer.id: each for each in applied}
    limited = [each for each in offers if any(limits[each])]
    if limited:
        left = queries.count_uses(session, limited)
        used = queries.used_by_customer(session, limited, customer)
        used_up = [each for each in limited if each not in left or _is_spent(limits[each], used.get(each, 0))]
        if used_up:
            raise PromotionUsedUp(details=[Detail(str(each), offers[each].offer.name) for each in used_up])
    return {each: use.saved for each, use in offers.items()}


def give_back(session: Session, order_id: UUID) -> None:
    """Let the promotions of a cancelled order be used again."""
    queries.give_back_uses(session, order_id)


def _is_spent(limits: Limits, used: int) -> bool:
    return bool(limits.uses_per_customer) and used >= (limits.uses_per_customer or 0)


def _is_for_all(given: PromotionInput) -> bool:
    return not given.product_ids and not given.category_ids


def _columns(given: PromotionInput) -> dict[str, Any]:
    money = given.amount or given.min_subtotal
    return given.model_dump(exclude={"percent", "amount", "min_subtotal", *_TARGETS}) | {
        "value": given.percent or (given.amount.amount if given.amount else Decimal(0)),
        "currency": money.currency if money else None,
        "min_subtotal": given.min_subtotal.amount if given.min_subtotal else None,
    }


def _stored(promotion: PromotionRow) -> dict[str, Any]:
    """Return a promotion as it would be sent, without its products and categories."""
    kept = PromotionInput.model_fields.keys() - {"percent", "amount", "min_subtotal", *_TARGETS}
    own = {name: getattr(promotion, name) for name in kept}
    least, value = promotion.min_subtotal, promotion.value
    return own | {
        "percent": value if promotion.kind == "percent" else None,
        "amount": {"amount": value, "currency": promotion.currency} if promotion.kind == "fixed" else None,
        "min_subtotal": None if least is None else {"amount": least, "currency": promotion.currency},
    }
