"""Staff managing what the shop charges, in tests, through the API."""

from typing import Any

from sqlalchemy import text

from tests.gateway import Reply, call

ADMIN = "/api/v1/sales/admin"
# What each kind of thing is called: alone, in a list, in addresses.
_NAMES = {
    "tax_rate": "tax-rates",
    "shipping_zone": "shipping-zones",
    "promotion": "promotions",
    "gift_card": "gift-cards",
}

TAX = {"country": "DE", "name": "VAT", "percent": "19", "pricesInclude": True}
ZONE = {"name": "Germany", "places": [{"country": "DE"}]}
RATE = {"name": "Standard", "price": {"amount": "4.90", "currency": "EUR"}, "minDays": 2, "maxDays": 4}
SALE = {"code": "summer", "name": "Summer", "kind": "percent", "percent": "15"}
CARD = {"amount": {"amount": "50.00", "currency": "EUR"}}
EUR_5 = {"amount": "5.00", "currency": "EUR"}
USD_5 = {"amount": "5.00", "currency": "USD"}


def make(token: str | None, kind: str, body: Any) -> Reply:
    """Make something."""
    function = "issue_gift_card" if kind == "gift_card" else f"create_{kind}"
    return call(f"sales/admin/{function}", "POST", f"{ADMIN}/{_NAMES[kind]}", body=body, token=token)


def made(token: str, kind: str, body: Any) -> Any:
    """Make something that can be made."""
    reply = make(token, kind, body)
    assert reply.status == 201, reply.body
    assert reply.headers["location"] == f"{ADMIN}/{_NAMES[kind]}/{reply.data['id']}"
    return reply.data


def all_of(token: str | None, kind: str, **query: Any) -> Reply:
    """List things."""
    return call(f"sales/admin/list_{kind}s", "GET", f"{ADMIN}/{_NAMES[kind]}", query=query, token=token)


def show(token: str | None, kind: str, thing_id: str) -> Reply:
    """Look at one."""
    return call(f"sales/admin/get_{kind}", "GET", f"{ADMIN}/{_NAMES[kind]}/{thing_id}", token=token)


def change(token: str | None, kind: str, thing_id: str, version: int = 1, **values: Any) -> Reply:
    """Change one."""
    path = f"{ADMIN}/{_NAMES[kind]}/{thing_id}"
    return call(f"sales/admin/update_{kind}", "PATCH", path, body=values | {"version": version}, token=token)


def remove(token: str | None, kind: str, thing_id: str) -> Reply:
    """Delete one."""
    return call(f"sales/admin/delete_{kind}", "DELETE", f"{ADMIN}/{_NAMES[kind]}/{thing_id}", token=token)


def offer(token: str | None, zone_id: str, **values: Any) -> Reply:
    """Add a rate to a shipping zone."""
    path = f"{ADMIN}/shipping-zones/{zone_id}/rates"
    return call("sales/admin/create_shipping_rate", "POST", path, body=RATE | values, token=token)


def change_offer(token: str | None, rate: Any, version: int = 1, **values: Any) -> Reply:
    """Change a rate."""
    path = f"{ADMIN}/shipping-zones/{rate['zoneId']}/rates/{rate['id']}"
    body = values | {"version": version}
    return call("sales/admin/update_shipping_rate", "PATCH", path, body=body, token=token)


def withdraw(token: str | None, rate: Any) -> Reply:
    """Delete a rate."""
    path = f"{ADMIN}/shipping-zones/{rate['zoneId']}/rates/{rate['id']}"
    return call("sales/admin/delete_shipping_rate", "DELETE", path, token=token)


def rows(database: Any, table: str) -> int:
    """How many rows a table has."""
    return database.scalar(text(f"SELECT count(*) FROM {table}"))
