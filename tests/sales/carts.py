"""Carts in tests, through the API."""

from typing import Any

from sqlalchemy import text

from ravo.catalog.projections import service as projections
from tests.gateway import Reply, call
from tests.inventory.stock import adjust, variants

SALES = "/api/v1/sales"
ADDRESS = {
    "firstName": "Ada",
    "lastName": "Berg",
    "line1": "Hauptstraße 1",
    "city": "Berlin",
    "postalCode": "10827",
    "country": "DE",
}


def goods(token: str, sku: str = "TEE", sizes: tuple[str, ...] = ("S",), stock: int = 100, **more: Any) -> list[str]:
    """Put a product on sale, with stock; returns its variants' ids."""
    made = variants(token, sku, sizes, **more)
    if stock:
        for variant in made:
            assert adjust(token, variant, delta=stock).status == 201
    return made


def change_goods(database: Any, statement: str) -> None:
    """Change products or variants while a cart has them, with what the catalogue derives of them."""
    database.execute(text(statement))
    projections.refresh(database, list(database.scalars(text("SELECT id FROM products"))))


def new_cart(**request: Any) -> Any:
    """Begin a cart."""
    body = request.pop("body", {})
    reply = call("sales/store/create_cart", "POST", f"{SALES}/carts", body=body, **request)
    assert reply.status == 201, reply.body
    return reply.data


def add(cart: Any, variant: str, quantity: int = 1, **request: Any) -> Reply:
    """Put pieces into a cart."""
    body = {"variantId": variant, "quantity": quantity}
    return call("sales/store/add_cart_item", "POST", f"{SALES}/carts/{cart['id']}/items", body=body, **request)


def change(cart: Any, line: str, quantity: Any, **request: Any) -> Reply:
    """Set how many pieces a line has."""
    path = f"{SALES}/carts/{cart['id']}/items/{line}"
    return call("sales/store/update_cart_item", "PATCH", path, body={"quantity": quantity}, **request)


def remove(cart: Any, line: str, **request: Any) -> Reply:
    """Take a line out."""
    path = f"{SALES}/carts/{cart['id']}/items/{line}"
    return call("sales/store/remove_cart_item", "DELETE", path, **request)


def show(cart: Any, **request: Any) -> Reply:
    """Look at a cart."""
    return call("sales/store/get_cart", "GET", f"{SALES}/carts/{cart['id']}", **request)


def send_to(cart: Any, email: str | None = "ada@example.com", token: str | None = None, **address: Any) -> Reply:
    """Say where the cart goes."""
    body = {"shippingAddress": ADDRESS | address} | ({"email": email} if email else {})
    path = f"{SALES}/carts/{cart['id']}/address"
    return call("sales/store/set_cart_address", "PUT", path, body=body, token=token)


def options(cart: Any) -> Any:
    """The ways to send a cart."""
    return call("sales/store/list_shipping_options", "GET", f"{SALES}/carts/{cart['id']}/shipping-options").data


def ship_by(cart: Any, rate: str, **request: Any) -> Reply:
    """Choose a way."""
    path = f"{SALES}/carts/{cart['id']}/shipping"
    return call("sales/store/set_cart_shipping", "PUT", path, body={"shippingRateId": rate}, **request)


def enter(cart: Any, code: str, **request: Any) -> Reply:
    """Enter a code."""
    path = f"{SALES}/carts/{cart['id']}/discounts"
    return call("sales/store/enter_cart_code", "POST", path, body={"code": code}, **request)


def take_out(cart: Any, code_id: str) -> Reply:
    """Take a code out."""
    return call("sales/store/remove_cart_code", "DELETE", f"{SALES}/carts/{cart['id']}/discounts/{code_id}")


def sums(cart: Any) -> dict[str, str]:
    """The totals' amounts, those that are nothing left out."""
    return {
        name: total["amount"]
        for name, total in cart["totals"].items()
        if isinstance(total, dict) and float(total["amount"])
    }
