"""Money as Stripe counts it: whole numbers of a unit that is not always the currency's own
(docs.stripe.com/currencies).
"""

from decimal import ROUND_HALF_UP, Decimal

from ravo.adapters.payments import PaymentRefused
from ravo.platform.money import CURRENCY_DIGITS, rounded

# Stripe counts these with other decimals than ISO 4217: krónur and shillings as ever, ariary without their fifths.
_OTHER_DIGITS = {"ISK": 2, "UGX": 2, "MGA": 0}
# Of three decimals the last must be 0, since some of those who process cards know only two.
_MOST_DIGITS = 2


def payable(amount: Decimal, currency: str) -> Decimal:
    """Round half up to what a card can pay: whole krónur, fils by the ten.

    Raises KeyError for a currency that ISO 4217 does not list.
    """
    digits = min(CURRENCY_DIGITS[currency], _digits(currency), _MOST_DIGITS)
    return rounded(amount.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP), currency)


def to_units(amount: Decimal, currency: str) -> int:
    """Return an amount in Stripe's units.

    One that no card can pay to the last digit is refused: nobody pays another sum than was ordered.
    """
    if payable(amount, currency) != amount:
        raise PaymentRefused(f"{amount} {currency} can't be paid by card to the last digit.", reason="invalid_amount")
    return int(amount.scaleb(_digits(currency)))


def from_units(units: int, currency: str) -> Decimal:
    """Return Stripe's number in the currency's own decimals.

    What does not fit into them keeps its own, so that comparing shows it.
    """
    exact = Decimal(units).scaleb(-_digits(currency))
    own = exact.quantize(Decimal(1).scaleb(-CURRENCY_DIGITS.get(currency, _MOST_DIGITS)), rounding=ROUND_HALF_UP)
    return own if own == exact else exact


def _digits(currency: str) -> int:
    return _OTHER_DIGITS.get(currency, CURRENCY_DIGITS.get(currency, _MOST_DIGITS))
