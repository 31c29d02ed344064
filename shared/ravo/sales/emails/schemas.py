"""The values that the templates of mails about an order are given."""

from decimal import Decimal
from typing import NamedTuple


class Line(NamedTuple):
    """A line of an order: `details` are size, colour and style, `amount` is the price shown for all its units."""

    name: str
    details: str
    quantity: int
    amount: Decimal


class Sums(NamedTuple):
    """goods - discount + shipping + tax = total, total - gift_cards = due; `tax_included` is part of the others."""

    goods: Decimal
    discount: Decimal
    shipping: Decimal
    tax: Decimal
    total: Decimal
    tax_included: Decimal
    gift_cards: Decimal
    due: Decimal
