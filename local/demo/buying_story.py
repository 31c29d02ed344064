"""The second chapter: a guest buys, from an empty cart to a payment that has arrived."""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from local.demo import shopper
from local.demo.client import API, Shop
from local.demo.telling import Telling, eventually, expect, money
from local.demo.terms import CODE, PROMOTIONS, TAX_RATES, ZONES, set_terms

SALES = "/sales"
ORDERS = f"{SALES}/admin/orders"
STOCK = "/inventory/admin/stock"
EMAIL = "ada.berg@example.com"
ADDRESS = {
    "firstName": "Ada",
    "lastName": "Berg",
    "line1": "Hauptstraße 1",
    "city": "Berlin",
    "postalCode": "10827",
    "country": "DE",
}
# How many pieces of each product go into the cart.
PIECES = (2, 1)


@dataclass(frozen=True)
class Bought:
    """A paid order, and how many pieces of each SKU there were before it."""

    id: str
    number: str
    stock: dict[str, int]


class BuyingStory:
    """Told by a guest, with staff watching."""

    def __init__(self, telling: Telling, staff: Shop, stripe: str) -> None:
        self._telling = telling
        self._say = telling.say
        self._staff = staff
        self._guest = Shop(staff.url)
        self._stripe = stripe

    def tell(self) -> Bought:
        """Tell the chapter. Raises `Unexpected` at the first thing that is not as expected."""
        self._set_terms()
        cart = self._fill_cart()
        stock = {line["sku"]: stock_of(self._staff, line["sku"])["onHand"] for line in cart["lines"]}
        path = f"{SALES}/carts/{cart['id']}"
        self._enter_code(path)
        self._give_address(path)
        cart = self._choose_shipping(path)
        placed = self._check_out(cart)
        self._be_declined(placed)
        self._pay(placed)
        self._track(placed)
        return Bought(placed["orderId"], placed["orderNumber"], stock)

    def _set_terms(self) -> None:
        with self._telling.step("Say what the shop charges", "taxes, shipping and promotions, entered by staff"):
            set_terms(self._staff)
            names = ", ".join(promotion["name"] for promotion in PROMOTIONS)
            self._say(f"    {len(TAX_RATES)} tax rates, {len(ZONES)} shipping zones; promotions: {names}")

    def _fill_cart(self) -> dict[str, Any]:
        with self._telling.step("Fill a cart", "a guest, who reads German"):
            cart = self._guest.post(f"{SALES}/carts", {"locale": "de"})
            for variant, quantity in zip(self._in_stock(), PIECES, strict=True):
                wanted = {"variantId": variant, "quantity": quantity}
                cart = self._guest.post(f"{SALES}/carts/{cart['id']}/items", wanted)
            for line in cart["lines"]:
                kind = " ".join(filter(None, (line["name"], line["size"], line["color"])))
                self._say(f"    {line['quantity']} x {kind}  {money(line['amount'])}")
            expect(
                sorted(line["quantity"] for line in cart["lines"]) == sorted(PIECES), "the cart holds something else"
            )
        return cart

    def _in_stock(self) -> list[str]:
        """A variant of each of two products with plenty of stock."""
        shown = self._guest.get("/catalog/products", inStock="true", limit=20)["data"]
        found: list[str] = []
        for product in shown:
            variants = self._guest.get(f"/catalog/products/{product['slug']}")["data"]["variants"]
            found += [variant["id"] for variant in variants if variant["stock"] == "in_stock"][:1]
            if len(found) == len(PIECES):
                break
        return found

    def _enter_code(self, path: str) -> None:
        with self._telling.step("Enter a code", CODE):
            before = self._guest.get(path)["data"]
            cart = self._guest.post(f"{path}/discounts", {"code": CODE})
            for discount in cart["discounts"]:
                self._say(f"    {discount['name']:<18} -{money(discount['saved'])}")
            self._say(f"    {money(before['totals']['total'])} before, {money(cart['totals']['total'])} now")
            expect(CODE in [discount["code"] for discount in cart["discounts"]], "the code takes nothing off")
            expect(_total(cart) < _total(before), "the code does not make it cheaper")

    def _give_address(self, path: str) -> None:
        with self._telling.step("Give an address", f"{ADDRESS['line1']}, {ADDRESS['city']}"):
            cart = self._guest.put(f"{path}/address", {"email": EMAIL, "shippingAddress": ADDRESS})
            totals = cart["totals"]
            self._say(f"    of {money(totals['total'])}, {money(totals['tax'])} are VAT")
            expect(totals["taxIncluded"], "prices shown in Germany hold the tax")
            total = _total(cart)
            expect(abs(Decimal(totals["tax"]["amount"]) - total * 19 / 119) < Decimal("0.03"), "that is not 19 %")

    def _choose_shipping(self, path: str) -> dict[str, Any]:
        with self._telling.step("Look at the ways to send it", "and choose the first"):
            options = self._guest.get(f"{path}/shipping-options")["data"]
            for option in options:
                within = f"within {option['maxDays']} days"
                self._say(f"    {option['name']:<10} {within}  {money(option['price'])}")
            expect([option["name"] for option in options] == ["Standard", "Express"], "these are not Germany's")
            cart = self._guest.put(f"{path}/shipping", {"shippingRateId": options[0]["id"]})
            totals = cart["totals"]
            parts = ("subtotal", "discount", "shipping", "tax", "total")
            self._say("    " + ", ".join(f"{part} {totals[part]['amount']}" for part in parts))
            amounts = {part: Decimal(totals[part]["amount"]) for part in parts}
            summed = amounts["subtotal"] - amounts["discount"] + amounts["shipping"] + amounts["tax"]
            expect(summed == amounts["total"], "the sums do not add up")
        return cart

    def _check_out(self, cart: dict[str, Any]) -> dict[str, Any]:
        with self._telling.step("Check out", "and send the very same once more, as an impatient browser does"):
            key, wanted = str(uuid.uuid4()), {"cartId": cart["id"], "expectedTotal": cart["totals"]["total"]}
            placed = self._guest.post(f"{SALES}/checkout", wanted, key=key)
            self._say(f"    order {placed['orderNumber']}, {placed['status']}, {money(placed['totals']['total'])}")
            expect(self._guest.post(f"{SALES}/checkout", wanted, key=key) == placed, "the same got another answer")
            orders = self._staff.get(ORDERS, search=EMAIL)
            expect(orders["pagination"]["total"] == 1, "there is not one order")
            held = [stock_of(self._staff, line["sku"])["reserved"] for line in cart["lines"]]
            self._say(f"    one order; {sum(held)} pieces are held for it until {placed['payableUntil'][11:16]} UTC")
            expect(held == [line["quantity"] for line in cart["lines"]], "what is held is something else")
        return placed

    def _be_declined(self, placed: dict[str, Any]) -> None:
        with self._telling.step("Pay with a card that is declined", shopper.DECLINED_CARD):
            tried = shopper.pay(self._stripe, placed["payment"]["clientSecret"], shopper.DECLINED_CARD)
            self._say(f"    Stripe's form says {tried.refused}")
            expect(tried.refused == "card_declined", "the card was not declined")
            order = eventually(
                lambda: self._order(placed),
                lambda order: [payment["failure"] for payment in order["payments"]] == ["card_declined"],
                "the shop does not hear of it",
            )
            self._say(f"    the order is {order['status']}")
            expect(order["status"] == "pending_payment", "it does not wait for another card")

    def _pay(self, placed: dict[str, Any]) -> None:
        with self._telling.step("Pay with a good card", shopper.GOOD_CARD):
            tried = shopper.pay(self._stripe, placed["payment"]["clientSecret"], shopper.GOOD_CARD)
            self._say(f"    Stripe's form says {tried.status}; its webhook comes through the gateway")
            order = eventually(
                lambda: self._order(placed),
                lambda order: order["status"] == "payment_confirmed",
                "the payment does not arrive",
            )
            self._say(f"    the order is {order['status']}, {money(order['charged'])} came in")
            expect(order["charged"] == order["totals"]["total"], "that is another sum")

    def _track(self, placed: dict[str, Any]) -> None:
        with self._telling.step("Ask where it is", "with the order's number and the mail address"):
            asked = {"orderNumber": placed["orderNumber"], "email": EMAIL}
            said = self._guest.get(f"{SALES}/orders/track", **asked)["data"]["statusText"]
            self._say(f"    {said['title']}: {said['description']}")
            expect(said["title"] == "Bezahlt", "that is not what a German reads")
            wrong = urlencode(asked | {"email": "eve@example.com"})
            answer = self._guest.send("GET", f"{self._guest.url}{API}{SALES}/orders/track?{wrong}")
            self._say(f"    with another's address: {answer.status}")
            expect(answer.status == 404, "somebody else is told")

    def _order(self, placed: dict[str, Any]) -> dict[str, Any]:
        return self._staff.get(f"{ORDERS}/{placed['orderId']}")["data"]


def stock_of(staff: Shop, sku: str) -> dict[str, Any]:
    """The stock of a SKU, as staff see it."""
    found = staff.get(STOCK, search=sku, limit=100)["data"]
    return next(level for level in found if level["sku"] == sku)


def _total(cart: dict[str, Any]) -> Decimal:
    return Decimal(cart["totals"]["total"]["amount"])
