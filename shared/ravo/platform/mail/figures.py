"""Amounts and times as people write them: German in German, and English in every other language."""

from datetime import UTC, datetime
from decimal import Decimal

from ravo.platform.money import rounded

# Signs that readers know; other currencies go by their code.
_SIGNS = {"EUR": "€", "GBP": "£", "JPY": "¥", "USD": "$"}
# A line never breaks between an amount and its currency.
_SPACE = "\u00a0"
_MINUS = "\u2212"
_GERMAN_MARKS = str.maketrans(",.", ".,")
_ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_GERMAN_MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
    "Dezember",
)  # fmt: skip


def money(amount: Decimal, currency: str, locale: str) -> str:
    """Write an amount: `€1,049.90`, `CHF 49.90` in English, `1.049,90 €` in German. Raises KeyError for others."""
    digits, sign = f"{abs(rounded(amount, currency)):,f}", _SIGNS.get(currency, currency)
    minus = _MINUS if amount < 0 else ""
    if _is_german(locale):
        return f"{minus}{digits.translate(_GERMAN_MARKS)}{_SPACE}{sign}"
    return f"{minus}{sign}{'' if currency in _SIGNS else _SPACE}{digits}"


def day(at: datetime, locale: str) -> str:
    """Write a day: `3 March 2026` in English, `3. März 2026` in German."""
    here = at.astimezone(UTC)
    if _is_german(locale):
        return f"{here.day}. {_GERMAN_MONTHS[here.month - 1]} {here.year}"
    return f"{here.day} {_ENGLISH_MONTHS[here.month - 1]} {here.year}"


def moment(at: datetime, locale: str) -> str:
    """Write a moment in UTC, and say so: nobody knows the reader's time zone."""
    time = f"{at.astimezone(UTC):%H:%M}"
    return f"{day(at, locale)}, {time} Uhr (UTC)" if _is_german(locale) else f"{day(at, locale)}, {time} UTC"


def _is_german(locale: str) -> bool:
    return locale.partition("-")[0] == "de"
