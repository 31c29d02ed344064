"""What the demo shop charges: taxes, shipping and promotions, entered through the API as its staff would do it."""

from typing import Any

from local.demo.client import Shop

CODE = "WELCOME10"
CURRENCY = "EUR"
ADMIN = "/sales/admin"

_VAT = {"name": "VAT", "pricesInclude": True}
TAX_RATES: tuple[dict[str, Any], ...] = (
    _VAT | {"country": "DE", "percent": "19"},
    _VAT | {"country": "AT", "percent": "20"},
    {"country": "US", "region": "CA", "name": "California sales tax", "percent": "7.25"},
    {"country": "US", "region": "NY", "name": "New York sales tax", "percent": "4"},
)
_UNION = "BE BG CY CZ DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_LIGHT = 2000


def _money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": CURRENCY}


def _rates(light: str, heavy: str, free_from: str, min_days: int, max_days: int) -> list[dict[str, Any]]:
    shared = {"carrier": "dhl", "freeFrom": _money(free_from), "minDays": min_days, "maxDays": max_days}
    return [
        shared | {"name": "Standard", "price": _money(light), "maxWeightGrams": _LIGHT},
        shared | {"name": "Standard", "price": _money(heavy), "minWeightGrams": _LIGHT + 1},
    ]


_EXPRESS = {"name": "Express", "carrier": "dhl", "price": _money("12.90"), "minDays": 1, "maxDays": 1, "position": 1}
# Each with its places and its rates.
ZONES: tuple[tuple[str, str, list[dict[str, Any]]], ...] = (
    ("Germany and Austria", "DE AT", [*_rates("4.90", "7.90", "100.00", 2, 4), _EXPRESS]),
    ("European Union", _UNION, _rates("9.90", "16.90", "150.00", 3, 7)),
    ("Rest of the world", "*", _rates("19.90", "34.90", "250.00", 6, 14)),
)
PROMOTIONS: tuple[dict[str, Any], ...] = (
    {"name": "Ten off from 120", "kind": "fixed", "amount": _money("10.00"), "minSubtotal": _money("120.00")},
    {"name": "Welcome", "kind": "percent", "percent": "10", "code": CODE, "maxUsesPerCustomer": 1, "priority": 1},
)


def set_terms(shop: Shop) -> None:
    """Enter what is missing; what has its place, name or code already stays as it is."""
    taxed = {(rate["country"], rate["region"]) for rate in _all(shop, "tax-rates")}
    for rate in TAX_RATES:
        if (rate["country"], rate.get("region", "")) not in taxed:
            shop.post(f"{ADMIN}/tax-rates", rate)
    zones = {zone["name"]: zone for zone in _all(shop, "shipping-zones")}
    for name, places, rates in ZONES:
        zone = zones.get(name) or _add_zone(shop, name, places)
        for rate in rates[len(zone["rates"]) :]:
            shop.post(f"{ADMIN}/shipping-zones/{zone['id']}/rates", rate)
    promoted = {promotion["name"] for promotion in _all(shop, "promotions")}
    for promotion in PROMOTIONS:
        if promotion["name"] not in promoted:
            shop.post(f"{ADMIN}/promotions", promotion)


def _add_zone(shop: Shop, name: str, places: str) -> dict[str, Any]:
    return shop.post(
        f"{ADMIN}/shipping-zones", {"name": name, "places": [{"country": place} for place in places.split()]}
    )


def _all(shop: Shop, what: str) -> list[dict[str, Any]]:
    return shop.get(f"{ADMIN}/{what}", limit=100)["data"]
