"""Amounts as Stripe counts them: never rounded on the way there, and as they were on the way back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ravo.adapters.payments import PaymentRefused
from ravo.adapters.stripe.amounts import from_units, payable, to_units
from ravo.platform.money import CURRENCY_DIGITS


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("49.90", "EUR", 4990),
        ("0.01", "USD", 1),
        ("5000", "JPY", 5000),
        ("5", "ISK", 500),
        ("5", "UGX", 500),
        ("5.120", "KWD", 5120),
        ("12", "MGA", 12),
        ("99999.99", "HUF", 9_999_999),
    ],
)
def test_an_amount_goes_to_stripe_in_the_unit_that_stripe_counts_in(amount: str, currency: str, units: int) -> None:
    assert to_units(Decimal(amount), currency) == units
    assert from_units(units, currency) == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "currency", "instead"),
    [
        ("49.905", "EUR", "49.91"),
        ("5.124", "KWD", "5.120"),
        ("5.125", "KWD", "5.130"),
        ("0.5", "ISK", "1"),
        ("12.50", "MGA", "13.00"),
        ("1.5", "JPY", "2"),
    ],
)
def test_what_no_card_can_pay_to_the_last_digit_is_refused(amount: str, currency: str, instead: str) -> None:
    with pytest.raises(PaymentRefused) as refused:
        to_units(Decimal(amount), currency)

    assert refused.value.reason == "invalid_amount"
    assert refused.value.status == 402
    assert str(payable(Decimal(amount), currency)) == instead


@given(
    some.sampled_from(sorted(CURRENCY_DIGITS)),
    some.decimals(min_value=0, max_value=999_999, places=3, allow_nan=False),
)
def test_a_payable_amount_comes_back_from_stripes_units_as_it_was(currency: str, amount: Decimal) -> None:
    there = payable(amount, currency)

    units = to_units(there, currency)

    assert str(from_units(units, currency)) == str(there)
    assert payable(there, currency) == there
    assert abs(there - amount) <= Decimal("0.5")


@given(some.sampled_from(["ISK", "UGX", "KWD", "MGA"]), some.integers(min_value=0, max_value=99_999_999))
def test_what_stripe_says_is_never_rounded(currency: str, units: int) -> None:
    digits = {"ISK": 2, "UGX": 2, "KWD": 3, "MGA": 0}[currency]

    assert from_units(units, currency) == Decimal(units).scaleb(-digits)


def test_a_currency_that_the_shop_does_not_know_is_read_with_two_decimals() -> None:
    assert from_units(1050, "XXX") == Decimal("10.50")
    with pytest.raises(KeyError):
        to_units(Decimal(1), "XXX")
