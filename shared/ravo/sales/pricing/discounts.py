"""What offers take off the prices shown: one after the other, each from what the ones before it left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from uuid import UUID

from ravo.platform.money import CURRENCY_DIGITS, rounded
from ravo.sales.pricing.values import ZERO, Applied, Item, Offer


@dataclass(frozen=True)
class Discounts:
    """What is left to pay for each line and for shipping, and what each offer took off."""

    left: Mapping[UUID, Decimal]
    shipping_left: Decimal
    applied: tuple[Applied, ...]

    @property
    def saved(self) -> Decimal:
        """The sum of all that was taken off."""
        return sum((each.saved for each in self.applied), ZERO)


def best(currency: str, items: Sequence[Item], shipping: Decimal, offers: Iterable[Offer]) -> Discounts:
    """Apply the offers that stack, or the single one that does not, whichever saves more; a tie goes to the former."""
    fitting = [offer for offer in sorted(offers, key=_turn) if _fits(offer, currency, items)]
    together = _apply(currency, items, shipping, [offer for offer in fitting if offer.stackable])
    alone = [_apply(currency, items, shipping, [offer]) for offer in fitting if not offer.stackable]
    return max([together, *alone], key=lambda discounts: discounts.saved)


def _turn(offer: Offer) -> tuple[int, UUID]:
    return offer.priority, offer.id


def _fits(offer: Offer, currency: str, items: Sequence[Item]) -> bool:
    """Whether a cart meets an offer's conditions, counted in the items that it is for, at the prices shown."""
    meant = [item for item in items if offer.means(item)]
    if not meant or offer.currency not in (None, currency):
        return False
    if offer.min_subtotal and sum(item.unit_price * item.quantity for item in meant) < offer.min_subtotal:
        return False
    return sum(item.quantity for item in meant) >= (offer.min_quantity or 0)


def _apply(currency: str, items: Sequence[Item], shipping: Decimal, offers: Sequence[Offer]) -> Discounts:
    left = {item.key: item.unit_price * item.quantity for item in items}
    applied: list[Applied] = []
    for offer in offers:
        if offer.kind == "free_shipping":
            saved, shipping = shipping, ZERO
        else:
            meant = [item for item in items if offer.means(item)]
            cuts = _cuts(offer, currency, meant, {item.key: left[item.key] for item in meant})
            left |= {key: left[key] - cut for key, cut in cuts.items()}
            saved = sum(cuts.values(), ZERO)
        if saved:
            applied.append(Applied(offer, saved))
    return Discounts(left, shipping, tuple(applied))


def _cuts(offer: Offer, currency: str, items: Sequence[Item], left: Mapping[UUID, Decimal]) -> dict[UUID, Decimal]:
    match offer.kind:
        case "percent":
            return {key: rounded(there * offer.value / 100, currency) for key, there in left.items()}
        case "fixed":
            return spread(min(offer.value, sum(left.values(), ZERO)), left, currency)
        case "buy_x_get_y":
            return _free_pieces(offer, items, left)
        case _:
            raise ValueError(f"no offer is of the kind {offer.kind}")


def spread(amount: Decimal, over: Mapping[UUID, Decimal], currency: str) -> dict[UUID, Decimal]:
    """Split an amount in proportion, to the smallest unit; the largest remainders get what is left over."""
    whole = sum(over.values(), ZERO)
    if not whole:
        return {}
    unit = Decimal(1).scaleb(-CURRENCY_DIGITS[currency])
    exact = {key: amount * there / whole for key, there in over.items()}
    parts = {key: share.quantize(unit, rounding=ROUND_FLOOR) for key, share in exact.items()}
    missing = int((amount - sum(parts.values(), ZERO)) / unit)
    for key in sorted(parts, key=lambda key: (parts[key] - exact[key], key))[:missing]:
        parts[key] += unit
    return parts


def _free_pieces(offer: Offer, items: Sequence[Item], left: Mapping[UUID, Decimal]) -> dict[UUID, Decimal]:
    """Of every `buy + get` units the cheapest `get` are free."""
    free = sum(item.quantity for item in items) // (offer.buy_quantity + offer.get_quantity) * offer.get_quantity
    cuts: dict[UUID, Decimal] = {}
    for item in sorted(items, key=lambda item: (item.unit_price, item.key)):
        pieces = min(free, item.quantity)
        free -= pieces
        if pieces:
            cuts[item.key] = min(left[item.key], item.unit_price * pieces)
    return cuts
