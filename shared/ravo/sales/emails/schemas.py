"""An order's sums as its customer added them up: with the tax in the prices where they were shown so, and on top where they were not."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from ravo.sales.orders.models import OrderItem


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


def sums_of(order: Any, items: Sequence[OrderItem]) -> Sums:
    """Return the sums as they were shown; an order keeps them without tax, and its items keep what was shown."""
    goods = sum((_shown(item) for item in items), Decimal(0))
    on_top = sum((_tax_on_top(item) for item in items), Decimal(0))
    discount = goods + on_top - sum((item.total_price for item in items), Decimal(0))
    # Shipping is taxed as the goods are: on top where no price of theirs holds tax.
    tax = order.tax_amount if all(_shown(item) == item.net_amount for item in items) else on_top
    return Sums(
        goods=goods,
        discount=discount,
        shipping=order.total_amount - tax - goods + discount,
        tax=tax,
        total=order.total_amount,
        tax_included=order.tax_amount - tax,
        gift_cards=order.gift_card_amount,
        due=order.total_amount - order.gift_card_amount,
    )


def _shown(item: OrderItem) -> Decimal:
    return item.unit_price * item.quantity


def _tax_on_top(item: OrderItem) -> Decimal:
    return item.tax_amount if _shown(item) == item.net_amount else Decimal(0)
