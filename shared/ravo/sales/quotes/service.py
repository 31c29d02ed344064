"""What a cart costs now: its rows and the shop's terms, put before the pricing function."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.sales.pricing import Item, Offer, Priced, Shipping, Tax, Taxes, price
from ravo.sales.quotes.queries import Promotion, priced_by


class Line(NamedTuple):
    """Pieces of a variant in a cart, with what the catalogue says of it now; once it is gone there, that it was is all that is said.

    `is_sold` tells whether it can be bought in the cart's currency, `is_enough` whether as many are shown as there.
    """

    id: UUID
    variant_id: UUID
    quantity: int
    seen_price: Decimal
    price: Decimal
    product_id: UUID | None
    product_slug: str | None
    sku: str | None
    name: str | None
    size: str | None
    color: str | None
    style: str | None
    image: str | None
    tax_class: str
    category_ids: frozenset[UUID]
    guest_purchaseable: bool
    tracked: bool
    backorder: bool
    low_stock_alert: int
    is_sold: bool
    is_enough: bool


@dataclass(frozen=True)
class GiftCardShare:
    """What a gift card pays of a cart."""

    id: UUID
    last_characters: str
    amount: Decimal


@dataclass(frozen=True)
class UnusedCode:
    """A code that was entered and takes nothing off: it is not valid any more, or the cart does not meet its conditions."""

    id: UUID
    code: str
    is_live: bool


@dataclass(frozen=True)
class Quote:
    """A cart, its lines, and what they cost. Lines that are not sold stand in `lines` and cost nothing."""

    cart: Any
    lines: Sequence[Line]
    priced: Priced
    shipping: Mapping[str, Any] | None
    gift_cards: tuple[GiftCardShare, ...]
    unused_codes: tuple[UnusedCode, ...]
    # The offers that count their uses, by id: the most in all, and the most for one customer.
    limits: Mapping[UUID, tuple[int | None, int | None]]

    @property
    def due(self) -> Decimal:
        """What is left to pay when gift cards have paid."""
        return self.priced.total - sum((card.amount for card in self.gift_cards), Decimal(0))


def quote(session: Session, cart: Any) -> Quote:
    """Price a cart as it is, with what the catalogue, the taxes and the promotions say now."""
    terms = priced_by(session, cart)
    lines = [_line(row) for row in terms.lines or ()]
    promotions = {UUID(row.id): row for row in map(Promotion._make, terms.offers or ())}
    priced = price(
        cart.currency,
        [_item(line) for line in lines if line.is_sold],
        taxes=_taxes(terms.taxes),
        offers=[_offer(each, row) for each, row in promotions.items() if row.live and row.is_about_cart],
        shipping=_shipping(terms.shipping),
    )
    applied = {each.offer.id for each in priced.applied}
    return Quote(
        cart=cart,
        lines=lines,
        priced=priced,
        shipping=terms.shipping,
        gift_cards=_shares(terms.gift_cards or (), priced.total),
        unused_codes=tuple(
            UnusedCode(each, row.code, row.live) for each, row in promotions.items() if row.code and each not in applied
        ),
        limits={each: (row.max_uses, row.max_uses_per_customer) for each, row in promotions.items()},
    )


def quote_of_new(cart: Any) -> Quote:
    """Price a cart that was made this moment: there is nothing in it to ask the database about."""
    return Quote(cart, (), price(cart.currency, []), shipping=None, gift_cards=(), unused_codes=(), limits={})


def _line(row: Mapping[str, Any]) -> Line:
    read: dict[str, Any] = {
        "id": UUID(row["id"]),
        "variant_id": UUID(row["variant_id"]),
        "product_id": row["product_id"] and UUID(row["product_id"]),
        "category_ids": frozenset(map(UUID, row["category_ids"])),
        "seen_price": Decimal(row["seen_price"]),
        "price": Decimal(row["price"]),
    }
    return Line(**{name: row[name] for name in Line._fields} | read)


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


def _taxes(rates: Mapping[str, tuple[str, bool]] | None) -> Taxes:
    return Taxes({kind: Tax(Decimal(rate), included) for kind, (rate, included) in (rates or {}).items()})


def _shipping(rate: Mapping[str, Any] | None) -> Shipping:
    return Shipping(Decimal(rate["price"]), _decimal(rate["free_from"])) if rate else Shipping()


def _offer(offer_id: UUID, row: Promotion) -> Offer:
    return Offer(
        id=offer_id,
        name=row.name,
        kind=row.kind,
        value=Decimal(row.value),
        code=row.code,
        currency=row.currency,
        buy_quantity=row.buy_quantity,
        get_quantity=row.get_quantity,
        min_subtotal=_decimal(row.min_subtotal),
        min_quantity=row.min_quantity,
        stackable=row.stackable,
        priority=row.priority,
        product_ids=frozenset(map(UUID, row.products)),
        category_ids=frozenset(map(UUID, row.categories)),
    )


def _shares(cards: Sequence[Mapping[str, Any]], total: Decimal) -> tuple[GiftCardShare, ...]:
    shares: list[GiftCardShare] = []
    for card in cards:
        share = min(Decimal(card["balance"]), total)
        total -= share
        if share:
            shares.append(GiftCardShare(UUID(card["id"]), card["last_characters"], share))
    return tuple(shares)


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
