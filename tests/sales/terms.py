"""What a shop charges, in tests: taxes, shipping, promotions, gift cards, as rows."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.platform.ids import uuid7
from ravo.platform.time import now
from ravo.sales.codes import hash_of
from ravo.sales.gift_cards.models import GiftCard, GiftCardEntry
from ravo.sales.promotions.models import Promotion, PromotionCategory, PromotionProduct
from ravo.sales.shipping.models import ShippingRate, ShippingZone, ShippingZoneRegion
from ravo.sales.taxes.models import TaxRate


def tax(session: Session, country: str = "DE", rate: str = "0.19", *, included: bool = True, **more: Any) -> None:
    """Tax what goes somewhere."""
    session.add(TaxRate(country=country, name="VAT", rate=Decimal(rate), prices_include=included, **more))
    session.flush()


def shipping(session: Session, *places: str, name: str = "Standard", price: str = "4.90", **more: Any) -> str:
    """Ship to places like `DE` or `US-CA` (`*` is everywhere else) at a rate; returns its id."""
    zone = ShippingZone(id=uuid7(), name=f"{name} {places}")
    session.add(zone)
    session.flush()
    for place in places or ("DE",):
        country, _, region = place.partition("-")
        session.add(ShippingZoneRegion(zone_id=zone.id, country=country, region=region))
    return rate(session, zone.id, name=name, price=price, **more)


def rate(session: Session, zone_id: UUID, *, name: str = "Express", price: str = "9.90", **more: Any) -> str:
    """Add a rate to a zone; returns its id."""
    values = {"currency": "EUR", "min_days": 2, "max_days": 4} | more
    made = ShippingRate(id=uuid7(), zone_id=zone_id, name=name, price=Decimal(price), **values)
    session.add(made)
    session.flush()
    return str(made.id)


def promotion(
    session: Session,
    kind: str = "percent",
    value: str = "10",
    *,
    products: tuple[str, ...] = (),
    categories: tuple[str, ...] = (),
    **more: Any,
) -> str:
    """Make a promotion; returns its id."""
    values = {"name": f"{value} {kind}", "for_all_goods": not products and not categories} | more
    made = Promotion(id=uuid7(), kind=kind, value=Decimal(value), **values)
    session.add(made)
    session.flush()
    session.add_all(PromotionProduct(promotion_id=made.id, product_id=UUID(each)) for each in products)
    session.add_all(PromotionCategory(promotion_id=made.id, category_id=UUID(each)) for each in categories)
    session.flush()
    return str(made.id)


def gift_card(session: Session, balance: str = "20.00", *, code: str = "GIFT-GIFT-GIFT-GIFT", **more: Any) -> str:
    """Issue a gift card; returns its id."""
    values = {"currency": "EUR", "last_characters": code[-4:]} | more
    made = GiftCard(id=uuid7(), code_hash=hash_of(code), balance=Decimal(balance), **values)
    session.add(made)
    session.flush()
    session.add(GiftCardEntry(gift_card_id=made.id, delta=Decimal(balance), reason="issued", reference="issue"))
    session.flush()
    return str(made.id)


def yesterday() -> Any:
    """A moment that is over."""
    return now() - timedelta(days=1)
