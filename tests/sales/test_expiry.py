"""Payments that come late or never: stock goes back, and an order gets its pieces or the customer the money."""

import uuid
from typing import Any

import pytest
from sqlalchemy import text

from tests.inventory.stock import adjust, stock
from tests.jobs import drain, recorded
from tests.sales.orders import admin_order, expire, pay, pay_again, report
from tests.sales.payments import status

pytestmark = pytest.mark.usefixtures("no_drift")


def test_an_order_that_nobody_pays_gives_its_stock_back(database: Any, staff_token: str, placed: Any) -> None:
    expire(database, placed["orderId"])
    drain(database)

    order = admin_order(placed["orderId"], staff_token)
    assert (order["status"], order["payments"][0]["status"]) == ("cancelled", "cancelled")
    assert order["timeline"][-1]["details"] == {"reason": "expired"}
    assert stock(staff_token) == {"TEE-S": (3, 0, 3)}
    assert pay_again(placed["orderId"]).status == 409
    (told,) = recorded(database, "order.cancelled")
    assert told.detail["data"]["reason"] == "expired"


def test_stock_of_an_unpaid_order_stops_counting_at_its_time(database: Any, staff_token: str, placed: Any) -> None:
    database.execute(text("UPDATE reservations SET expires_at = clock_timestamp() - interval '1 second'"))

    assert stock(staff_token) == {"TEE-S": (3, 0, 3)}


def test_a_payment_at_the_last_moment_beats_the_sweep(database: Any, staff_token: str, placed: Any) -> None:
    pay(placed)
    expire(database, placed["orderId"])

    assert status(placed, staff_token) == "payment_confirmed"
    report(placed)
    drain(database)
    assert admin_order(placed["orderId"], staff_token)["charged"]["amount"] == "44.90"


def late(database: Any, placed: Any) -> None:
    """A payment that comes when the order is called off: the provider could not be told in time."""
    from ravo.platform.database import transaction
    from ravo.sales.lifecycle import service

    with transaction() as session:
        order = service.locked(session, uuid.UUID(placed["orderId"]))
        service.cancel(session, order, reason="expired", source="system")
    pay(placed)
    report(placed)


def test_paid_late_the_order_comes_back_while_its_pieces_are_there(
    database: Any, staff_token: str, placed: Any
) -> None:
    late(database, placed)
    drain(database)

    order = admin_order(placed["orderId"], staff_token)
    assert (order["status"], order["refunds"]) == ("payment_confirmed", [])
    assert stock(staff_token) == {"TEE-S": (1, 0, 1)}


def test_paid_late_with_nothing_left_the_money_goes_back_and_the_customer_is_told(
    database: Any, staff_token: str, placed: Any
) -> None:
    adjust(staff_token, placed["variant"], delta=-1)
    late(database, placed)
    adjust(staff_token, placed["variant"], delta=-1)
    drain(database)

    order = admin_order(placed["orderId"], staff_token)
    assert (order["status"], order["refunded"]["amount"]) == ("cancelled", "44.90")
    assert stock(staff_token) == {"TEE-S": (1, 0, 1)}
    (told,) = recorded(database, "order.refunded")
    assert (told.detail["data"]["amount"], told.detail["data"]["isWhole"]) == ("44.90", True)


def test_paid_after_its_time_and_before_the_sweep_the_order_keeps_what_it_can_get(
    database: Any, staff_token: str, placed: Any
) -> None:
    database.execute(text("UPDATE reservations SET expires_at = clock_timestamp() - interval '1 second'"))
    pay(placed)
    report(placed)
    drain(database)
    assert status(placed, staff_token) == "payment_confirmed"


def test_sold_out_meanwhile_it_is_called_off_and_refunded(database: Any, staff_token: str, placed: Any) -> None:
    database.execute(text("UPDATE reservations SET expires_at = clock_timestamp() - interval '1 second'"))
    adjust(staff_token, placed["variant"], onHand=1, reason="counted")
    pay(placed)
    report(placed)
    drain(database)

    order = admin_order(placed["orderId"], staff_token)
    assert (order["status"], order["refunded"]["amount"]) == ("cancelled", "44.90")
    (told,) = recorded(database, "order.cancelled")
    assert told.detail["data"]["reason"] == "sold_out"
