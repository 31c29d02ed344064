"""Carts as answers."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal

from ravo.platform.addresses import AddressReply
from ravo.platform.schemas import Money
from ravo.sales.carts.queries import CartRow
from ravo.sales.carts.schemas import (
    CartCodeReply,
    CartDiscountReply,
    CartGiftCardReply,
    CartLineReply,
    CartReply,
    ChosenShipping,
    ShippingOption,
    Totals,
)
from ravo.sales.carts.service import PricedCart
from ravo.sales.pricing import PricedLine
from ravo.sales.quotes.queries import Line, OptionRow
from ravo.sales.quotes.service import Quote


def cart_of(shown: PricedCart) -> CartReply:
    """Return a cart with its lines and what they cost."""
    (cart, quote), currency = shown, shown.cart.currency
    priced = {line.key: line for line in quote.priced.lines}
    return CartReply(
        id=cart.id,
        status=cart.status,
        currency=currency,
        locale=cart.locale,
        email=cart.email,
        shipping_address=_address(cart.shipping_address),
        billing_address=_address(cart.billing_address),
        shipping=_shipping(quote),
        lines=[_line(line, priced.get(line.variant_id), currency) for line in quote.lines],
        discounts=[
            CartDiscountReply(
                promotion_id=each.offer.id,
                name=each.offer.name,
                code=each.offer.code,
                saved=Money.of(each.saved, currency),
            )
            for each in quote.priced.applied
        ],
        unused_codes=[
            CartCodeReply(
                promotion_id=each.id, code=each.code, reason="conditions_not_met" if each.is_live else "not_valid"
            )
            for each in quote.unused_codes
        ],
        gift_cards=[
            CartGiftCardReply(id=card.id, last_characters=card.last_characters, amount=Money.of(card.amount, currency))
            for card in quote.gift_cards
        ],
        totals=totals_of(quote),
        version=cart.version,
        updated_at=cart.updated_at,
    )


def totals_of(quote: Quote) -> Totals:
    """Return the sums of a cart."""
    priced, currency = quote.priced, quote.priced.currency
    return Totals(
        subtotal=Money.of(priced.subtotal, currency),
        discount=Money.of(priced.discount, currency),
        shipping=Money.of(priced.shipping, currency),
        tax=Money.of(priced.tax, currency),
        total=Money.of(priced.total, currency),
        gift_cards=Money.of(priced.total - quote.due, currency),
        due=Money.of(quote.due, currency),
        tax_included=priced.tax_included,
    )


def options_of(cart: CartRow, rates: Sequence[OptionRow]) -> list[ShippingOption]:
    """Return the shipping options of a cart."""
    return [
        ShippingOption(
            id=rate.id,
            name=rate.name,
            carrier=rate.carrier,
            price=Money.of(rate.costs, cart.currency),
            min_days=rate.min_days,
            max_days=rate.max_days,
        )
        for rate in rates
    ]


def _line(line: Line, priced: PricedLine | None, currency: str) -> CartLineReply:
    unit_price = priced.unit_price if priced else line.seen_price
    return CartLineReply(
        id=line.id,
        variant_id=line.variant_id,
        product_id=line.product_id,
        product_slug=line.product_slug,
        sku=line.sku,
        name=line.name,
        size=line.size,
        color=line.color,
        style=line.style,
        image=line.image,
        quantity=line.quantity,
        unit_price=Money.of(unit_price, currency),
        previous_price=None if unit_price == line.seen_price else Money.of(line.seen_price, currency),
        amount=Money.of(priced.shown if priced else Decimal(0), currency),
        saved=Money.of(priced.saved if priced else Decimal(0), currency),
        availability=_availability(line),
    )


def _availability(line: Line) -> Literal["available", "insufficient", "not_sold"]:
    if not line.is_sold:
        return "not_sold"
    return "available" if line.is_enough else "insufficient"


def _shipping(quote: Quote) -> ChosenShipping | None:
    if quote.shipping is None:
        return None
    rate = quote.shipping
    return ChosenShipping(
        shipping_rate_id=rate.id,
        name=rate.name,
        carrier=rate.carrier,
        price=Money.of(quote.priced.shipping_shown, quote.priced.currency),
        min_days=rate.min_days,
        max_days=rate.max_days,
    )


def _address(stored: dict[str, Any] | None) -> AddressReply | None:
    return None if stored is None else AddressReply.model_validate(stored)
