"""Currencies and their decimals (ISO 4217), and the one way an amount is rounded and written."""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache

_TWO = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP"
    " CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR"
    " JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN"
    " NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP"
    " SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG"
)
CURRENCY_DIGITS: dict[str, int] = (
    dict.fromkeys(_TWO.split(), 2)
    | dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    )
    | dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)
)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Round half up to the currency's smallest unit; raises KeyError for a currency that ISO 4217 does not list."""
    return amount.quantize(_smallest_unit(currency), rounding=ROUND_HALF_UP)


@cache
def _smallest_unit(currency: str) -> Decimal:
    return Decimal(1).scaleb(-CURRENCY_DIGITS[currency])


def text_of(amount: Decimal, currency: str) -> str:
    """Write an amount as plain decimal text, like `49.90` or `5000`."""
    return f"{rounded(amount, currency):f}"
