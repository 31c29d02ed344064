"""Money in Stripe's units, which are not always the currency's own (docs.stripe.com/currencies).

Amounts are whole numbers of these units.
"""

from decimal import ROUND_HALF_UP, Decimal

from ravo.adapters.payments import PaymentRefused
from ravo.platform.money import CURRENCY_DIGITS, rounded

# Stripe counts these with other decimals than ISO 4217: krónur and shillings as they used to be, ariary without fifths.
_OTHER_DIGITS = {"ISK": 2, "UGX": 2, "MGA": 0}
# The last of three decimals must be 0, since some card processors only know two.
_MOST_DIGITS = 2


def payable(amount: Decimal, currency: str) -> Decimal:
    """Round half up to what a card can pay: whole krónur, fils in tens.

    Raises KeyError for a currency that ISO 4217 does not list.
    """
    digits = min(CURRENCY_DIGITS[currency], _digits(currency), _MOST_DIGITS)
    return rounded(amount.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP), currency)


def to_units(amount: Decimal, currency: str) -> int:
    """Return an amount in Stripe's units.

    An amount that no card can pay to the last digit is refused: nobody pays another sum than the order's.
    """
    if payable(amount, currency) != amount:
        raise PaymentRefused(f"{amount} {currency} can't be paid by card to the last digit.", reason="invalid_amount")
    return int(amount.scaleb(_digits(currency)))


def from_units(units: int, currency: str) -> Decimal:
    """Return Stripe's number in the currency's own decimals.

    A number that has more decimals keeps them, so that a comparison shows the difference.
    """
    exact = Decimal(units).scaleb(-_digits(currency))
    own = exact.quantize(Decimal(1).scaleb(-CURRENCY_DIGITS.get(currency, _MOST_DIGITS)), rounding=ROUND_HALF_UP)
    return own if own == exact else exact


def _digits(currency: str) -> int:
    return _OTHER_DIGITS.get(currency, CURRENCY_DIGITS.get(currency, _MOST_DIGITS))
