"""A shopper's way from nothing to a placed order and its payment: requests that each use the answers before them.

The short way is the one with which the field was measured: a cart, an item, an address, shipping, and the order with
its payment. The long way also has another item and a code.
"""

import json
import random
import uuid
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from bench.events import request
from bench.till import CODE, Till

SALES = "/api/v1/sales"
CARTS = f"{SALES}/carts"
ADDRESS = {
    "firstName": "Ada",
    "lastName": "Berg",
    "line1": "Hauptstrasse 1",
    "city": "Berlin",
    "postalCode": "10827",
    "country": "DE",
}


@dataclass(frozen=True)
class Step:
    """One named request of the way, to the function that answers it."""

    name: str
    module: str
    event: dict[str, Any]


type Journey = Generator[Step, Any]


SECOND, CODED = "add a second, one of 500 variants", "enter a code"


def journey(till: Till, chosen: random.Random, email: str, *, long: bool = False) -> Journey:
    """Yield the requests of one guest; the data of each answer must be sent in.

    The last one only requests the open payment again.
    """
    address = f"10.{chosen.randrange(256)}.{chosen.randrange(256)}.{chosen.randrange(256)}"

    def step(name: str, function: str, method: str, path: str, *, key: str = "", **body: Any) -> Step:
        sent = "" if method == "GET" else json.dumps(body)
        event = request(method, path, body=sent, key=key, address=address)
        return Step(name, f"sales/store/{function}", event)

    cart = yield step("create cart", "create_cart", "POST", CARTS)
    at = f"{CARTS}/{cart['id']}"
    wanted = [("add an item", till.variants), *([(SECOND, till.of_one)] if long else [])]
    for name, variants in wanted:
        yield step(name, "add_cart_item", "POST", f"{at}/items", variantId=chosen.choice(variants), quantity=2)
    yield step("address", "set_cart_address", "PUT", f"{at}/address", email=email, shippingAddress=ADDRESS)
    rates = yield step("shipping options", "list_shipping_options", "GET", f"{at}/shipping-options")
    yield step("choose shipping", "set_cart_shipping", "PUT", f"{at}/shipping", shippingRateId=rates[0]["id"])
    if long:
        yield step(CODED, "enter_cart_code", "POST", f"{at}/discounts", code=CODE)
    placed = yield step("checkout", "checkout", "POST", f"{SALES}/checkout", key=str(uuid.uuid4()), cartId=cart["id"])
    path = f"{SALES}/orders/{placed['orderId']}/pay"
    yield step("pay, asked again", "pay_order", "POST", path, key=str(uuid.uuid4()))
