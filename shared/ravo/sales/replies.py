"""Figures that several nouns of sales answer with."""

from decimal import Decimal

from ravo.platform.schemas import Money


def money_or_none(amount: Decimal | None, currency: str | None) -> Money | None:
    """Return an amount, or None where there is none."""
    return None if amount is None or currency is None else Money.of(amount, currency)


def percent_of(value: Decimal) -> str:
    """Write a percentage without trailing zeros."""
    return f"{value.normalize():f}"
