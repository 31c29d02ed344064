"""The one function that calculates what a cart costs."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from ravo.platform.money import rounded
from ravo.sales.pricing import discounts
from ravo.sales.pricing.values import ZERO, Item, Offer, Priced, PricedLine, Shipping, Tax, Taxes


def price(
    currency: str,
    items: Sequence[Item],
    *,
    taxes: Taxes | None = None,
    offers: Iterable[Offer] = (),
    shipping: Shipping | None = None,
) -> Priced:
    """Price items in one currency, whatever their order.

    The rule of rounding: each figure of a line is rounded once, half up, to the currency's smallest unit, and sums are
    sums of rounded figures. Offers are taken off the prices shown; then tax is taken out of the result, or added to it.
    """
    taxes, shipping = taxes or Taxes(), shipping or Shipping()
    goods = sum((item.unit_price * item.quantity for item in items), ZERO)
    is_free = shipping.free_from is not None and goods >= shipping.free_from
    shipping_shown = ZERO if is_free else shipping.price
    cut = discounts.best(currency, items, shipping_shown, offers)
    lines = tuple(_line(currency, item, cut.left[item.key], taxes.of(item.tax_class)) for item in items)
    sent = _Taxed(currency, shipping_shown, cut.shipping_left, taxes.of(shipping.tax_class))
    return Priced(
        currency=currency,
        lines=lines,
        subtotal=sum((line.net for line in lines), ZERO),
        discount=sum((line.discount for line in lines), sent.discount),
        shipping=sent.net,
        tax=sum((line.tax for line in lines), sent.tax),
        total=sum((line.total for line in lines), sent.total),
        applied=cut.applied,
        shipping_shown=shipping_shown,
        tax_included=any(taxes.of(item.tax_class).included for item in items),
    )


class _Taxed:
    """An amount before and after what was taken off, and the tax on it; without tax except for `tax` and `total`."""

    def __init__(self, currency: str, shown: Decimal, left: Decimal, tax: Tax) -> None:
        if tax.included:
            self.net = rounded(shown / (1 + tax.rate), currency)
            paid = rounded(left / (1 + tax.rate), currency)
            self.tax = left - paid
        else:
            self.net, paid = shown, left
            self.tax = rounded(left * tax.rate, currency)
        self.discount = self.net - paid
        self.total = paid + self.tax


def _line(currency: str, item: Item, left: Decimal, tax: Tax) -> PricedLine:
    shown = item.unit_price * item.quantity
    taxed = _Taxed(currency, shown, left, tax)
    return PricedLine(
        key=item.key,
        unit_price=item.unit_price,
        quantity=item.quantity,
        shown=shown,
        saved=shown - left,
        net=taxed.net,
        discount=taxed.discount,
        tax=taxed.tax,
        total=taxed.total,
        rate=tax.rate,
    )
