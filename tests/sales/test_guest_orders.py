"""Guest orders become their buyer's once the mail address is proven, and nobody else's ever."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.gateway import call
from tests.identity.accounts import ask_for, confirm, joined, token_in, verify
from tests.jobs import drain, recorded, run
from tests.mails import Mailbox
from tests.sales.carts import SALES, goods, send_to
from tests.sales.orders import checkout, ready_cart

JOB = "sales/jobs/claim_guest_orders"


@pytest.fixture
def tee(database: Any, staff_token: str) -> str:
    (variant,) = goods(staff_token)
    return variant


def bought(database: Any, variant: str, email: str) -> str:
    """A guest's order; returns its id."""
    cart = ready_cart(database, (variant, 1))
    assert send_to(cart, email=email).status == 200
    reply = checkout(cart)
    assert reply.status == 201, reply.body
    return reply.data["orderId"]


def mine(token: str) -> list[str]:
    """The orders that a customer sees."""
    return [each["id"] for each in call("sales/account/list_my_orders", "GET", f"{SALES}/me/orders", token=token).data]


def test_what_a_guest_bought_is_theirs_once_the_address_is_proven_and_not_before(
    database: Any, tee: str, box: Mailbox
) -> None:
    orders = [bought(database, tee, email) for email in ("ada@example.com", "ADA@Example.com")]
    theirs = bought(database, tee, "eve@example.com")
    drain(database)
    box.take()
    token, link = joined(database, box)
    drain(database)
    assert mine(token) == []

    verify(link)
    drain(database)

    assert sorted(mine(token)) == sorted(orders)
    assert call("sales/account/get_order", "GET", f"{SALES}/orders/{orders[0]}", token=token).status == 200
    assert call("sales/account/get_order", "GET", f"{SALES}/orders/{theirs}", token=token).status == 404
    owner = text("SELECT user_id FROM orders WHERE id = :id")
    assert database.scalar(owner, {"id": theirs}) is None
    # Nothing else of an order is changed by it.
    assert set(database.scalars(text("SELECT version FROM orders"))) == {1}


def test_an_order_that_has_its_customer_stays_with_that_customer(database: Any, tee: str, box: Mailbox) -> None:
    eve, _ = joined(database, box, "eve@example.com")
    cart = ready_cart(database, (tee, 1), token=eve)
    assert send_to(cart, email="ada@example.com", token=eve).status == 200
    order = checkout(cart, token=eve).data["orderId"]
    drain(database)
    box.take()

    token, link = joined(database, box)
    verify(link)
    drain(database)

    assert (mine(token), mine(eve)) == ([], [order])


def test_with_another_address_come_its_orders_and_those_of_the_old_one_stay(
    database: Any, tee: str, box: Mailbox
) -> None:
    token, link = joined(database, box)
    verify(link)
    drain(database)
    ask_for(token, "augusta@example.com")
    drain(database)
    change = token_in(box.take()[-1])
    old, new = bought(database, tee, "ada@example.com"), bought(database, tee, "augusta@example.com")

    assert confirm(change, token).status == 204
    drain(database)

    assert mine(token) == [new]
    assert database.scalar(text("SELECT user_id FROM orders WHERE id = :id"), {"id": old}) is None


def test_many_are_claimed_in_batches_and_twice_is_once(
    database: Any, tee: str, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ravo.sales.guest_orders import service as claiming

    monkeypatch.setattr(claiming, "BATCH", 2)
    orders = [bought(database, tee, "ada@example.com") for _ in range(5)]
    token, link = joined(database, box)
    verify(link)
    (event,) = recorded(database, "user.email_verified")

    assert run(JOB, event.detail, event.detail) == []
    assert run(JOB, event.detail) == []

    assert sorted(mine(token)) == sorted(orders)


def test_an_event_of_an_account_that_is_gone_or_not_proven_claims_nothing(
    database: Any, tee: str, box: Mailbox
) -> None:
    bought(database, tee, "ada@example.com")
    _, link = joined(database, box)
    verify(link)
    (event,) = recorded(database, "user.email_verified")
    for change in ("email_verified_at = NULL", "email_verified_at = now(), deleted_at = now()"):
        database.execute(text(f"UPDATE users SET {change}"))
        assert run(JOB, event.detail) == []

    assert database.scalar(text("SELECT count(*) FROM orders WHERE user_id IS NOT NULL")) == 0
