"""What the templates of mails about an order are given."""

from decimal import Decimal
from typing import NamedTuple


class Line(NamedTuple):
    """A line of an order as its customer knows it; `details` are size, colour and style, `amount` is the price shown for all its pieces."""

    name: str
    details: str
    quantity: int
    amount: Decimal


class Sums(NamedTuple):
    """goods - discount + shipping + tax = total, and total - gift_cards = due. `tax` comes on top; `tax_included` is in the others already."""

    goods: Decimal
    discount: Decimal
    shipping: Decimal
    tax: Decimal
    total: Decimal
    tax_included: Decimal
    gift_cards: Decimal
    due: Decimal
