"""The rules of quotes: a cart's lines and the shop's terms, put into the pricing function."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.sales.pricing import Item, Offer, Priced, Shipping, price
from ravo.sales.quotes import queries
from ravo.sales.quotes.queries import Balance, ChosenRate, Limits, Line, OfferRow, Priceable


@dataclass(frozen=True)
class GiftCardShare:
    """What a gift card pays for a cart."""

    id: UUID
    last_characters: str
    amount: Decimal


@dataclass(frozen=True)
class UnusedCode:
    """A code that was entered and takes nothing off: it is no longer valid, or the cart misses its conditions."""

    id: UUID
    code: str
    is_live: bool


@dataclass(frozen=True)
class Quote:
    """A cart's lines and what they cost. Lines that are not sold stand in `lines` and cost nothing."""

    lines: Sequence[Line]
    priced: Priced
    shipping: ChosenRate | None
    gift_cards: tuple[GiftCardShare, ...]
    unused_codes: tuple[UnusedCode, ...]
    limits: Mapping[UUID, Limits]

    @cached_property
    def due(self) -> Decimal:
        """What is left to pay after gift cards."""
        return self.priced.total - sum((card.amount for card in self.gift_cards), Decimal(0))


def quote(session: Session, cart: Priceable) -> Quote:
    """Price a cart as it is, with the current catalogue, taxes and promotions."""
    terms = queries.terms(session, cart)
    offers = {UUID(row.id): row for row in terms.offers}
    priced = price(
        cart.currency,
        [_item(line) for line in terms.lines if line.is_sold],
        taxes=terms.taxes,
        offers=[_offer(each, row) for each, row in offers.items() if row.live and row.is_about_cart],
        shipping=Shipping(terms.shipping.price, terms.shipping.free_from) if terms.shipping else Shipping(),
    )
    applied = {each.offer.id for each in priced.applied}
    return Quote(
        lines=terms.lines,
        priced=priced,
        shipping=terms.shipping,
        gift_cards=_shares(terms.gift_cards, priced.total),
        unused_codes=tuple(
            UnusedCode(each, row.code, row.live) for each, row in offers.items() if row.code and each not in applied
        ),
        limits={each: Limits(row.max_uses, row.max_uses_per_customer) for each, row in offers.items()},
    )


def quote_of_new(cart: Priceable) -> Quote:
    """Price a cart that was just made: it is empty, so no query is needed."""
    return Quote((), price(cart.currency, []), shipping=None, gift_cards=(), unused_codes=(), limits={})


def _item(line: Line) -> Item:
    assert line.product_id
    return Item(
        key=line.variant_id,
        unit_price=line.price,
        quantity=line.quantity,
        product_id=line.product_id,
        category_ids=line.category_ids,
        tax_class=line.tax_class,
    )


def _offer(offer_id: UUID, row: OfferRow) -> Offer:
    return Offer(
        id=offer_id,
        name=row.name,
        kind=row.kind,
        value=Decimal(row.value),
        code=row.code,
        currency=row.currency,
        buy_quantity=row.buy_quantity,
        get_quantity=row.get_quantity,
        min_subtotal=None if row.min_subtotal is None else Decimal(row.min_subtotal),
        min_quantity=row.min_quantity,
        stackable=row.stackable,
        priority=row.priority,
        product_ids=frozenset(map(UUID, row.products)),
        category_ids=frozenset(map(UUID, row.categories)),
    )


def _shares(cards: Iterable[Balance], total: Decimal) -> tuple[GiftCardShare, ...]:
    shares: list[GiftCardShare] = []
    for card in cards:
        share = min(card.balance, total)
        total -= share
        if share:
            shares.append(GiftCardShare(card.id, card.last_characters, share))
    return tuple(shares)
