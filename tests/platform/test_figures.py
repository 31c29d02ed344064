"""Amounts and times in mails, as their readers would write them."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from ravo.platform.mail.figures import day, moment, money


@pytest.mark.parametrize(
    ("amount", "currency", "english", "german"),
    [
        ("49.9", "EUR", "€49.90", "49,90\u00a0€"),
        ("1049.90", "EUR", "€1,049.90", "1.049,90\u00a0€"),
        ("0", "USD", "$0.00", "0,00\u00a0$"),
        ("-11", "GBP", "\u2212£11.00", "\u221211,00\u00a0£"),
        ("1234567", "JPY", "¥1,234,567", "1.234.567\u00a0¥"),
        ("1500", "KRW", "KRW\u00a01,500", "1.500\u00a0KRW"),
        ("1.2345", "KWD", "KWD\u00a01.235", "1,235\u00a0KWD"),
        ("-49.9", "CHF", "\u2212CHF\u00a049.90", "\u221249,90\u00a0CHF"),
    ],
)
def test_an_amount_is_written_as_its_reader_writes_it(amount: str, currency: str, english: str, german: str) -> None:
    assert [money(Decimal(amount), currency, locale) for locale in ("en", "en-GB", "fr")] == [english] * 3
    assert [money(Decimal(amount), currency, locale) for locale in ("de", "de-AT")] == [german] * 2


def test_an_unknown_currency_is_not_guessed_at() -> None:
    with pytest.raises(KeyError):
        money(Decimal(1), "XXX", "en")


def test_a_time_is_written_in_utc_and_says_so() -> None:
    late = datetime(2026, 3, 1, 0, 5, tzinfo=timezone(timedelta(hours=1)))

    assert (day(late, "en"), day(late, "de-CH")) == ("28 February 2026", "28. Februar 2026")
    assert moment(late, "en") == "28 February 2026, 23:05 UTC"
    assert moment(late, "de") == "28. Februar 2026, 23:05 Uhr (UTC)"
    assert day(datetime(2026, 12, 3, tzinfo=UTC), "de") == "3. Dezember 2026"
