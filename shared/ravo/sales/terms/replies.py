"""What a shop charges, as answers to staff."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.platform.paging import Page, Paging
from ravo.platform.schemas import Money
from ravo.sales.terms import gift_cards, promotions, queries, shipping
from ravo.sales.terms.gift_card_schemas import GiftCardDetail, GiftCardEntryReply, GiftCardReply, IssuedGiftCard
from ravo.sales.terms.schemas import (
    PromotionReply,
    PromotionSummary,
    ShippingPlaceReply,
    ShippingRateReply,
    ShippingZoneReply,
    TaxRateReply,
)

ENTRIES_SHOWN = 100


def tax_rate_of(row: Any) -> TaxRateReply:
    """Return a tax rate."""
    return TaxRateReply.model_validate({**row._mapping, "percent": _percent(row.rate * 100)})


def page_of_tax_rates(session: Session, paging: Paging, *, country: str | None) -> tuple[list[TaxRateReply], Page]:
    """Return one page of tax rates by place."""
    rows, total = queries.page_of_tax_rates(session, country=country, limit=paging.limit, offset=paging.offset)
    return [tax_rate_of(row) for row in rows], Page.of(paging, total)


def rate_of(row: Any) -> ShippingRateReply:
    """Return a shipping rate."""
    money = {name: _money(getattr(row, name), row.currency) for name in ("price", "free_from")}
    return ShippingRateReply.model_validate({**row._mapping, **money})


def zone_of(session: Session, zone: Any) -> ShippingZoneReply:
    """Return a shipping zone with its places and rates."""
    (reply,) = _zones(session, [zone])
    return reply


def zone_by_id(session: Session, zone_id: UUID) -> ShippingZoneReply:
    """Return a shipping zone. Refuses with `ShippingZoneNotFound`."""
    return zone_of(session, shipping.find_zone(session, zone_id))


def page_of_zones(session: Session, paging: Paging) -> tuple[list[ShippingZoneReply], Page]:
    """Return one page of shipping zones by name."""
    rows, total = queries.page_of_zones(session, limit=paging.limit, offset=paging.offset)
    return _zones(session, rows), Page.of(paging, total)


def promotion_of(session: Session, row: Any) -> PromotionReply:
    """Return a promotion with what it is for."""
    products, categories = queries.targets_of_promotion(session, row.id)
    return PromotionReply.model_validate({**_promotion(row), "product_ids": products, "category_ids": categories})


def promotion_by_id(session: Session, promotion_id: UUID) -> PromotionReply:
    """Return a promotion. Refuses with `PromotionNotFound`."""
    return promotion_of(session, promotions.find(session, promotion_id))


def page_of_promotions(session: Session, paging: Paging, *, code: str | None) -> tuple[list[PromotionSummary], Page]:
    """Return one page of promotions, the newest first."""
    rows, total = queries.page_of_promotions(session, code=code, limit=paging.limit, offset=paging.offset)
    return [PromotionSummary.model_validate(_promotion(row)) for row in rows], Page.of(paging, total)


def gift_card_of(row: Any) -> GiftCardReply:
    """Return a gift card without its entries."""
    return GiftCardReply.model_validate(_gift_card(row))


def issued_gift_card(row: Any, code: str) -> IssuedGiftCard:
    """Return a new gift card with its code."""
    return IssuedGiftCard.model_validate({**_gift_card(row), "code": code})


def gift_card_by_id(session: Session, gift_card_id: UUID) -> GiftCardDetail:
    """Return a gift card with its latest entries. Refuses with `GiftCardNotFound`."""
    card = gift_cards.find(session, gift_card_id)
    entries = queries.entries_of_gift_card(session, gift_card_id, limit=ENTRIES_SHOWN)
    return GiftCardDetail.model_validate(
        {**_gift_card(card), "entries": [_entry(row, card.currency) for row in entries]}
    )


def page_of_gift_cards(session: Session, paging: Paging) -> tuple[list[GiftCardReply], Page]:
    """Return one page of gift cards, the newest first."""
    rows, total = queries.page_of_gift_cards(session, limit=paging.limit, offset=paging.offset)
    return [gift_card_of(row) for row in rows], Page.of(paging, total)


def _zones(session: Session, zones: Sequence[Any]) -> list[ShippingZoneReply]:
    ids = [zone.id for zone in zones]
    places, rates = queries.places_of_zones(session, ids), queries.rates_of_zones(session, ids)
    return [
        ShippingZoneReply.model_validate(
            {
                **zone._mapping,
                "places": [ShippingPlaceReply.model_validate(place) for place in places if place.zone_id == zone.id],
                "rates": [rate_of(rate) for rate in rates if rate.zone_id == zone.id],
            }
        )
        for zone in zones
    ]


def _promotion(row: Any) -> dict[str, Any]:
    return {
        **row._mapping,
        "percent": _percent(row.value) if row.kind == "percent" else None,
        "amount": _money(row.value, row.currency) if row.kind == "fixed" else None,
        "min_subtotal": _money(row.min_subtotal, row.currency),
    }


def _gift_card(row: Any) -> dict[str, Any]:
    return {**row._mapping, "balance": _money(row.balance, row.currency)}


def _entry(row: Any, currency: str) -> GiftCardEntryReply:
    return GiftCardEntryReply.model_validate({**row._mapping, "delta": _money(row.delta, currency)})


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money.of(amount, currency)


def _percent(value: Decimal) -> str:
    return f"{value.normalize():f}"
