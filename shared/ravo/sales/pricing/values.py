"""What goes into a price and what comes out of it. Amounts are in the currency of the price."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

ZERO = Decimal(0)
STANDARD = "standard"


@dataclass(frozen=True)
class Item:
    """Units of a variant. `key` identifies the line, and breaks ties."""

    key: UUID
    unit_price: Decimal
    quantity: int
    product_id: UUID
    category_ids: frozenset[UUID] = frozenset()
    tax_class: str = STANDARD


@dataclass(frozen=True)
class Tax:
    """A tax as a share; `included` when prices are shown with it."""

    rate: Decimal = ZERO
    included: bool = False


@dataclass(frozen=True)
class Taxes:
    """The taxes of one place, by class. A class without its own is taxed like the standard class, or not at all."""

    by_class: Mapping[str, Tax] = field(default_factory=dict[str, Tax])

    def of(self, tax_class: str) -> Tax:
        """Return the tax on a class."""
        return self.by_class.get(tax_class) or self.by_class.get(STANDARD) or Tax()


@dataclass(frozen=True)
class Offer:
    """A promotion as pricing needs it; `ravo.sales.promotions.models.Promotion` explains the fields."""

    id: UUID
    name: str
    kind: str
    value: Decimal = ZERO
    code: str | None = None
    currency: str | None = None
    buy_quantity: int = 0
    get_quantity: int = 0
    min_subtotal: Decimal | None = None
    min_quantity: int | None = None
    stackable: bool = True
    priority: int = 0
    product_ids: frozenset[UUID] = frozenset()
    category_ids: frozenset[UUID] = frozenset()

    def means(self, item: Item) -> bool:
        """Whether it applies to an item."""
        if not self.product_ids and not self.category_ids:
            return True
        return item.product_id in self.product_ids or bool(self.category_ids & item.category_ids)


@dataclass(frozen=True)
class Shipping:
    """The price of shipping as shown; it is free from `free_from` on.

    The threshold counts prices as shown, so that entering a code never takes free shipping away.
    """

    price: Decimal = ZERO
    free_from: Decimal | None = None
    tax_class: str = "shipping"


@dataclass(frozen=True)
class PricedLine:
    """A priced line: `shown` is unit price times quantity, `net` and `discount` are without tax.

    net - discount + tax = total.
    """

    key: UUID
    unit_price: Decimal
    quantity: int
    shown: Decimal
    # What was taken off the shown price.
    saved: Decimal
    net: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal
    rate: Decimal


@dataclass(frozen=True)
class Applied:
    """An offer that took something off, and how much of the prices shown."""

    offer: Offer
    saved: Decimal


@dataclass(frozen=True)
class Priced:
    """The whole price. total = subtotal + tax + shipping - discount; subtotal, shipping and discount are net."""

    currency: str
    lines: tuple[PricedLine, ...]
    subtotal: Decimal
    discount: Decimal
    shipping: Decimal
    tax: Decimal
    total: Decimal
    applied: tuple[Applied, ...]
    # The price of shipping as shown, before an offer made it free.
    shipping_shown: Decimal
    tax_included: bool
