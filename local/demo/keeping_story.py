"""The last chapter: staff ship an order, take it back piece by piece, and check that the books are right."""

import json
import uuid
from typing import Any

from local.demo.buying_story import ORDERS, Bought, stock_of
from local.demo.client import Shop
from local.demo.telling import Telling, eventually, expect, money

TRACKING_NUMBER = "00340434161094015902"
STATIONS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("processing", "somebody picks it", {}),
    ("packed", "and packs it", {}),
    ("shipped", "the carrier takes it", {"trackingNumber": TRACKING_NUMBER, "carrier": "dhl"}),
    ("out_for_delivery", "it is on the van", {}),
    ("delivered", "it is there", {}),
)


class KeepingStory:
    """Told by staff."""

    def __init__(self, telling: Telling, staff: Shop) -> None:
        self._telling = telling
        self._say = telling.say
        self._staff = staff

    def tell(self, bought: Bought) -> None:
        """Tell the chapter. Raises `Unexpected` at the first thing that is not as expected."""
        for status, about, more in STATIONS:
            self._move(bought, status, about, more)
        self._track(bought)
        kept, returned = self._refund_a_line(bought)
        self._refund_the_rest(bought)
        self._look_at_the_books(bought, kept, returned)

    def _move(self, bought: Bought, status: str, about: str, more: dict[str, Any]) -> None:
        with self._telling.step(f"Move it to {status}", about):
            order = self._staff.post(f"{ORDERS}/{bought.id}/status", {"status": status} | more)
            expect(order["status"] == status, f"it is {order['status']}")

    def _track(self, bought: Bought) -> None:
        with self._telling.step("Look at its way", "as its timeline tells it"):
            order = self._order(bought)
            self._say("    " + ", ".join(event["toStatus"] for event in order["timeline"] if event["toStatus"]))
            for station in order["tracking"]:
                self._say(f"    {station['occurredAt'][11:19]}  {station['description']}")
            self._say(f"    {order['carrier']} {order['trackingNumber']}")
            expect(order["trackingNumber"] == TRACKING_NUMBER, "its tracking number is lost")

    def _refund_a_line(self, bought: Bought) -> tuple[dict[str, Any], dict[str, Any]]:
        kept, returned = sorted(self._order(bought)["items"], key=lambda item: item["quantity"])
        with self._telling.step("Refund a line", f"{returned['quantity']} x {returned['name']} come back into stock"):
            pieces = [{"orderItemId": returned["id"], "quantity": returned["quantity"]}]
            order = self._refund(bought, {"items": pieces, "restock": True, "reason": "too small"}, returned["total"])
            self._say(f"    {money(order['refunded'])} of {money(order['charged'])} went back; it is {order['status']}")
            expect(order["status"] == "delivered", "a part that goes back changes the status")
        return kept, returned

    def _refund_the_rest(self, bought: Bought) -> None:
        with self._telling.step("Refund the rest", "the other piece is damaged and stays out of stock"):
            order = self._refund(bought, {"reason": "damaged"}, self._order(bought)["charged"])
            self._say(f"    {money(order['refunded'])} went back; the order is {order['status']}")
            expect(order["status"] == "refunded", "it is not refunded")

    def _refund(self, bought: Bought, wanted: dict[str, Any], until: dict[str, str]) -> dict[str, Any]:
        self._staff.post(f"{ORDERS}/{bought.id}/refunds", wanted, key=str(uuid.uuid4()))
        return eventually(
            lambda: self._order(bought), lambda order: order["refunded"] == until, "the money does not go back"
        )

    def _look_at_the_books(self, bought: Bought, kept: dict[str, Any], returned: dict[str, Any]) -> None:
        with self._telling.step("Look at the books", "stock, money, and what the doctor says"):
            for item, gone in ((kept, kept["quantity"]), (returned, 0)):
                level, before = stock_of(self._staff, item["sku"]), bought.stock[item["sku"]]
                self._say(f"    {item['sku']:<20} {before} before, {level['onHand']} now, {level['reserved']} held")
                expect((level["onHand"], level["reserved"]) == (before - gone, 0), "the stock is not what it should be")
            self._invoke("ReconcilePayments")
            found = self._staff.get("/sales/admin/payments/discrepancies")["pagination"]["total"]
            drift = self._invoke("Doctor")["drift"]
            self._say(
                f"    {found} discrepancies with Stripe's books, {len(drift)} counters that differ from their ledgers"
            )
            expect(not found, "money does not add up")
            expect(not drift, "a counter does not add up")

    def _order(self, bought: Bought) -> dict[str, Any]:
        return self._staff.get(f"{ORDERS}/{bought.id}")["data"]

    def _invoke(self, function: str) -> Any:
        url = f"{self._staff.url}/_local/invoke/{function}"
        said = self._staff.send("POST", url, json.dumps({"force": True}).encode()).document
        expect("error" not in said, f"{function}: {said.get('error')}")
        return said["result"]
