"""The SQL of what a shop charges. Whoever changes something names the version that they saw; a row comes back if it still was that."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.orm import Session

from ravo.platform.database import Base
from ravo.platform.ids import uuid7
from ravo.sales.gift_cards.models import GiftCardEntry
from ravo.sales.promotions.models import GiftCard, Promotion, PromotionCategory, PromotionProduct
from ravo.sales.shipping.models import ShippingRate, ShippingZone, ShippingZoneRegion, TaxRate

type Rows = tuple[Sequence[Any], int]


def page_of_tax_rates(session: Session, *, country: str | None, limit: int, offset: int) -> Rows:
    """Return one page of tax rates by place, and how many there are."""
    where = [TaxRate.country == country] if country else []
    return _page(session, TaxRate, where, (TaxRate.country, TaxRate.region, TaxRate.tax_class), limit, offset)


def tax_rate_by_id(session: Session, tax_rate_id: UUID) -> Any | None:
    """Return a tax rate."""
    return _by_id(session, TaxRate, tax_rate_id)


def add_tax_rate(session: Session, **values: Any) -> Any:
    """Make a tax rate."""
    return _add(session, TaxRate, values)


def update_tax_rate(session: Session, tax_rate_id: UUID, version: int, values: dict[str, Any]) -> Any | None:
    """Change a tax rate of a version."""
    return _update(session, TaxRate, tax_rate_id, version, values)


def delete_tax_rate(session: Session, tax_rate_id: UUID) -> bool:
    """Delete a tax rate; tells whether there was one."""
    return session.scalar(delete(TaxRate).where(TaxRate.id == tax_rate_id).returning(TaxRate.id)) is not None


def page_of_zones(session: Session, *, limit: int, offset: int) -> Rows:
    """Return one page of shipping zones by name, and how many there are."""
    return _page(session, ShippingZone, [], (ShippingZone.name,), limit, offset)


def zone_by_id(session: Session, zone_id: UUID) -> Any | None:
    """Return a shipping zone."""
    return _by_id(session, ShippingZone, zone_id)


def add_zone(session: Session, **values: Any) -> Any:
    """Make a shipping zone."""
    return _add(session, ShippingZone, values)


def update_zone(session: Session, zone_id: UUID, version: int, values: dict[str, Any]) -> Any | None:
    """Change a shipping zone of a version."""
    return _update(session, ShippingZone, zone_id, version, values)


def delete_zone(session: Session, zone_id: UUID) -> bool:
    """Delete a shipping zone with its rates; tells whether there was one."""
    session.execute(delete(ShippingRate).where(ShippingRate.zone_id == zone_id))
    statement = delete(ShippingZone).where(ShippingZone.id == zone_id).returning(ShippingZone.id)
    return session.scalar(statement) is not None


def places_of_zones(session: Session, zone_ids: Sequence[UUID]) -> Sequence[Any]:
    """Return the places of zones, in order."""
    columns = ShippingZoneRegion.__table__.c
    return session.execute(
        select(*columns)
        .where(ShippingZoneRegion.zone_id.in_(zone_ids))
        .order_by(ShippingZoneRegion.country, ShippingZoneRegion.region)
    ).all()


def replace_places(session: Session, zone_id: UUID, places: Sequence[tuple[str, str]]) -> None:
    """Make these the zone's places."""
    session.execute(delete(ShippingZoneRegion).where(ShippingZoneRegion.zone_id == zone_id))
    rows = [{"zone_id": zone_id, "country": country, "region": region} for country, region in places]
    session.execute(insert(ShippingZoneRegion), rows)


def rates_of_zones(session: Session, zone_ids: Sequence[UUID]) -> Sequence[Any]:
    """Return the rates of zones, in the order that shoppers see them."""
    return session.execute(
        select(*ShippingRate.__table__.c)
        .where(ShippingRate.zone_id.in_(zone_ids))
        .order_by(ShippingRate.position, ShippingRate.price, ShippingRate.id)
    ).all()


def rate_of_zone(session: Session, zone_id: UUID, rate_id: UUID) -> Any | None:
    """Return a rate, if it is the zone's."""
    row = _by_id(session, ShippingRate, rate_id)
    return row if row and row.zone_id == zone_id else None


def add_rate(session: Session, **values: Any) -> Any:
    """Make a shipping rate."""
    return _add(session, ShippingRate, values)


def update_rate(session: Session, rate_id: UUID, version: int, values: dict[str, Any]) -> Any | None:
    """Change a shipping rate of a version."""
    return _update(session, ShippingRate, rate_id, version, values)


def delete_rate(session: Session, zone_id: UUID, rate_id: UUID) -> bool:
    """Delete a shipping rate; tells whether the zone had it."""
    of_zone = delete(ShippingRate).where(ShippingRate.id == rate_id, ShippingRate.zone_id == zone_id)
    return session.scalar(of_zone.returning(ShippingRate.id)) is not None


def page_of_promotions(session: Session, *, code: str | None, limit: int, offset: int) -> Rows:
    """Return one page of promotions, the newest first, and how many there are."""
    where = [Promotion.deleted_at.is_(None), *([Promotion.code == code] if code else [])]
    return _page(session, Promotion, where, (Promotion.id.desc(),), limit, offset)


def promotion_by_id(session: Session, promotion_id: UUID) -> Any | None:
    """Return a promotion that was not deleted."""
    row = _by_id(session, Promotion, promotion_id)
    return row if row and row.deleted_at is None else None


def add_promotion(session: Session, **values: Any) -> Any:
    """Make a promotion."""
    return _add(session, Promotion, values)


def update_promotion(session: Session, promotion_id: UUID, version: int, values: dict[str, Any]) -> Any | None:
    """Change a promotion of a version."""
    return _update(session, Promotion, promotion_id, version, values)


def delete_promotion(session: Session, promotion_id: UUID) -> bool:
    """Put a promotion away, since orders name it; tells whether it was there."""
    statement = (
        update(Promotion)
        .where(Promotion.id == promotion_id, Promotion.deleted_at.is_(None))
        .values(deleted_at=func.now(), updated_at=func.now(), version=Promotion.version + 1)
        .returning(Promotion.id)
    )
    return session.scalar(statement) is not None


def targets_of_promotion(session: Session, promotion_id: UUID) -> tuple[list[UUID], list[UUID]]:
    """Return the products and the categories that a promotion is for."""
    products = select(func.array_agg(PromotionProduct.product_id)).where(PromotionProduct.promotion_id == promotion_id)
    categories = select(func.array_agg(PromotionCategory.category_id)).where(
        PromotionCategory.promotion_id == promotion_id
    )
    row = session.execute(select(products.scalar_subquery(), categories.scalar_subquery())).one()
    return sorted(row[0] or []), sorted(row[1] or [])


def replace_targets(
    session: Session, promotion_id: UUID, *, products: Sequence[UUID], categories: Sequence[UUID]
) -> None:
    """Make these the products and categories that a promotion is for."""
    session.execute(delete(PromotionProduct).where(PromotionProduct.promotion_id == promotion_id))
    session.execute(delete(PromotionCategory).where(PromotionCategory.promotion_id == promotion_id))
    if products:
        rows = [{"promotion_id": promotion_id, "product_id": each} for each in dict.fromkeys(products)]
        session.execute(insert(PromotionProduct), rows)
    if categories:
        rows = [{"promotion_id": promotion_id, "category_id": each} for each in dict.fromkeys(categories)]
        session.execute(insert(PromotionCategory), rows)


def page_of_gift_cards(session: Session, *, limit: int, offset: int) -> Rows:
    """Return one page of gift cards, the newest first, and how many there are."""
    return _page(session, GiftCard, [], (GiftCard.id.desc(),), limit, offset)


def gift_card_by_id(session: Session, gift_card_id: UUID) -> Any | None:
    """Return a gift card."""
    return _by_id(session, GiftCard, gift_card_id)


def add_gift_card(session: Session, **values: Any) -> Any:
    """Make a gift card."""
    return _add(session, GiftCard, values)


def update_gift_card(session: Session, gift_card_id: UUID, version: int, values: dict[str, Any]) -> Any | None:
    """Change a gift card of a version; its balance is its entries' alone."""
    return _update(session, GiftCard, gift_card_id, version, values)


def add_entry(session: Session, **values: Any) -> None:
    """Write into a gift card's ledger."""
    session.execute(insert(GiftCardEntry).values(id=uuid7(), **values))


def entries_of_gift_card(session: Session, gift_card_id: UUID, *, limit: int) -> Sequence[Any]:
    """Return a gift card's latest entries, the newest first."""
    return session.execute(
        select(*GiftCardEntry.__table__.c)
        .where(GiftCardEntry.gift_card_id == gift_card_id)
        .order_by(GiftCardEntry.id.desc())
        .limit(limit)
    ).all()


def _page(
    session: Session,
    model: type[Base],
    where: Sequence[ColumnElement[bool]],
    order: Sequence[Any],
    limit: int,
    offset: int,
) -> Rows:
    page = select(*model.__table__.c).where(*where).order_by(*order).limit(limit).offset(offset)
    total = session.scalar(select(func.count()).select_from(model).where(*where))
    return session.execute(page).all(), total or 0


def _by_id(session: Session, model: Any, key: UUID) -> Any | None:
    return session.execute(select(*model.__table__.c).where(model.id == key)).one_or_none()


def _add(session: Session, model: Any, values: dict[str, Any]) -> Any:
    return session.execute(insert(model).values(id=uuid7(), **values).returning(*model.__table__.c)).one()


def _update(session: Session, model: Any, key: UUID, version: int, values: dict[str, Any]) -> Any | None:
    changed = update(model).where(model.id == key, model.version == version)
    statement = changed.values(**values, version=model.version + 1, updated_at=func.now())
    return session.execute(statement.returning(*model.__table__.c)).one_or_none()
