"""The life of orders: every step by the table, with what belongs to it, seen by whom it concerns."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ravo.sales.lifecycle.texts import TEXTS, text_of
from ravo.sales.orders.transitions import TRANSITIONS, Status, drawing
from tests.catalog.shop import NOWHERE
from tests.gateway import ROOT, call
from tests.identity.people import register
from tests.inventory.stock import stock
from tests.jobs import drain, recorded
from tests.sales.carts import SALES, goods
from tests.sales.orders import ADMIN, admin_order, cancel, checkout, move, ready_cart, track

EUR = {"currency": "EUR"}
WAY = ["processing", "packed", "shipped", "out_for_delivery", "delivered"]


pytestmark = pytest.mark.usefixtures("no_drift")


def test_an_order_goes_its_way_and_its_customer_sees_it(database: Any, staff_token: str, ada: str, paid: str) -> None:
    for status in WAY:
        more = {"trackingNumber": "JD0146", "carrier": "dhl_express"} if status == "shipped" else {}
        moved = move(paid, status, staff_token, note=f"now {status}", **more)
        assert (moved.status, moved.data["status"]) == (200, status)

    seen = call("sales/account/get_order", "GET", f"{SALES}/orders/{paid}", token=ada).data
    assert (seen["status"], seen["statusText"]["title"]) == ("delivered", "Delivered")
    assert (seen["carrier"], seen["trackingNumber"]) == ("dhl_express", "JD0146")
    assert seen["actualDelivery"] is not None
    assert [station["status"] for station in seen["tracking"]] == [*reversed(WAY), "payment_confirmed"]
    assert "timeline" not in seen
    timeline = admin_order(paid, staff_token)["timeline"]
    assert [(e["toStatus"], e["source"], e["note"]) for e in timeline[2:]] == [
        (status, "staff", f"now {status}") for status in WAY
    ]
    assert all(event["actorId"] for event in timeline[2:])
    types = [event.type for event in recorded(database) if event.type.startswith("order.")]
    assert types == ["order.placed", "order.paid", *(f"order.{status}" for status in WAY)]


@pytest.mark.parametrize(
    ("moves", "wrong"),
    [
        ([], "packed"),
        ([], "shipped"),
        ([], "delivered"),
        (["processing"], "processing"),
        (["processing", "packed", "shipped"], "cancelled"),
        (["processing", "packed", "shipped"], "packed"),
        (["cancelled"], "processing"),
    ],
)
def test_a_step_that_the_table_does_not_have_changes_nothing(
    database: Any, staff_token: str, paid: str, moves: list[str], wrong: str
) -> None:
    for status in moves:
        assert move(paid, status, staff_token).status == 200
    before = admin_order(paid, staff_token)
    events = len(recorded(database))

    refused = move(paid, wrong, staff_token)

    assert (refused.status, refused.error["code"]) == (409, "INVALID_TRANSITION")
    assert admin_order(paid, staff_token) == before
    assert len(recorded(database)) == events


def test_staff_can_not_say_that_an_order_is_paid_or_refunded(database: Any, staff_token: str, paid: str) -> None:
    for status in ("payment_confirmed", "refunded", "pending_payment", "SHIPPED", ""):
        assert move(paid, status, staff_token).status == 422


def test_called_off_before_shipping_everything_goes_back(database: Any, staff_token: str, ada: str, paid: str) -> None:
    move(paid, "processing", staff_token)
    assert stock(staff_token)["TEE-S"] == (8, 0, 8)

    called_off = cancel(paid, ada)
    drain(database)

    assert (called_off.status, called_off.data["status"]) == (200, "cancelled")
    order = admin_order(paid, staff_token)
    assert (order["refunded"]["amount"], order["timeline"][-2]["source"]) == ("114.90", "customer")
    assert stock(staff_token) == {"HOOD-S": (10, 0, 10), "TEE-S": (10, 0, 10)}
    assert cancel(paid, ada).status == 409


def test_called_off_after_shipping_is_too_late(database: Any, staff_token: str, ada: str, paid: str) -> None:
    for status in WAY[:3]:
        move(paid, status, staff_token)

    refused = cancel(paid, ada)

    assert (refused.status, refused.error["code"]) == (409, "INVALID_TRANSITION")
    assert admin_order(paid, staff_token)["refunds"] == []


def test_an_order_is_nobody_elses(database: Any, staff_token: str, ada: str, paid: str) -> None:
    bob = register("bob@example.com").data["accessToken"]
    path = f"{SALES}/orders/{paid}"

    assert call("sales/account/get_order", "GET", path, token=bob).status == 404
    assert cancel(paid, bob).status == 404
    assert call("sales/account/get_order", "GET", f"{SALES}/orders/{NOWHERE}", token=ada).status == 404
    assert call("sales/account/list_my_orders", "GET", f"{SALES}/me/orders", token=bob).data == []
    (mine,) = call("sales/account/list_my_orders", "GET", f"{SALES}/me/orders", token=ada).data
    assert (mine["id"], mine["total"]["amount"]) == (paid, "114.90")


def test_a_guests_order_can_not_be_read_by_its_id(database: Any, staff_token: str, ada: str) -> None:
    (small,) = goods(staff_token)
    placed = checkout(ready_cart(database, (small, 1))).data

    assert call("sales/account/get_order", "GET", f"{SALES}/orders/{placed['orderId']}", token=ada).status == 404
    assert cancel(placed["orderId"], ada).status == 404


def test_an_order_is_tracked_by_number_and_mail_and_not_by_one_alone(
    database: Any, staff_token: str, paid: str
) -> None:
    number = admin_order(paid, staff_token)["orderNumber"]

    found = track(number.lower(), "ADA@example.com")
    wrong_mail, wrong_number = track(number, "bob@example.com"), track("AAAAA-AAAAA", "ada@example.com")

    assert (found.status, found.data["status"]) == (200, "payment_confirmed")
    assert set(found.data) == {
        "orderNumber", "status", "statusText", "carrier", "trackingNumber", "estimatedDelivery", "tracking",
    }  # fmt: skip
    assert wrong_mail.error == wrong_number.error
    assert wrong_mail.status == 404


def listed(token: str, **query: str) -> list[str]:
    rows = call("sales/admin/list_orders", "GET", f"{ADMIN}/orders", query=query, token=token).data
    return [row["id"] for row in rows]


def test_staff_find_orders_by_state_number_mail_and_time(database: Any, staff_token: str) -> None:
    (small,) = goods(staff_token)
    orders = [checkout(ready_cart(database, (small, 1))).data for _ in range(3)]
    newest_first = [order["orderId"] for order in reversed(orders)]
    move(newest_first[0], "cancelled", staff_token)

    assert listed(staff_token) == newest_first
    assert listed(staff_token, status="pending_payment") == newest_first[1:]
    assert listed(staff_token, search=orders[0]["orderNumber"][:7].lower()) == [orders[0]["orderId"]]
    assert listed(staff_token, search="Ada@example.com") == newest_first
    assert listed(staff_token, search="%") == []
    assert listed(staff_token, cursor=newest_first[0], limit="1") == newest_first[1:2]
    assert listed(staff_token, placedFrom="2100-01-01T00:00:00Z") == []
    assert listed(staff_token, placedTo="2100-01-01T00:00:00Z", page="2", limit="2") == newest_first[2:]


def test_notes_are_for_staff_alone(database: Any, staff_token: str, ada: str, paid: str) -> None:
    path = f"{ADMIN}/orders/{paid}/notes"
    noted = call("sales/admin/add_order_note", "POST", path, body={"note": "Gift box."}, token=staff_token)

    assert (noted.status, noted.data["timeline"][-1]["note"]) == (201, "Gift box.")
    assert b"Gift box" not in call("sales/account/get_order", "GET", f"{SALES}/orders/{paid}", token=ada).body


def test_every_status_has_its_words_in_every_language() -> None:
    for words in TEXTS.values():
        assert set(words) == set(Status)
        assert all(text.title and text.description for text in words.values())
    assert text_of("shipped", "de-AT").title == "Versandt"
    assert text_of("shipped", "fr").title == "Shipped"


def test_the_table_leads_everywhere_and_its_drawing_stands_in_the_docs() -> None:
    reached, todo = set[Status](), [Status.PENDING_PAYMENT]
    while todo:
        status = todo.pop()
        if status not in reached:
            reached.add(status)
            todo += TRANSITIONS[status]
    assert reached == set(Status)
    assert drawing() in (ROOT / "shared" / "ravo" / "sales" / "README.md").read_text()


def test_what_happened_to_an_order_can_not_be_changed(database: Any, paid: str) -> None:
    for table in ("order_events", "payment_entries"):
        with pytest.raises(DBAPIError, match="is a ledger"), database.begin_nested():
            database.execute(text(f"DELETE FROM {table}"))
