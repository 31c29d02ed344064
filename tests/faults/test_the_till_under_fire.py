"""The till in a crowd: five hundred shoppers want a hundred pieces, some of them twice at once, and the books agree."""

import multiprocessing
import random
import time
import uuid
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, text

from ravo.operations.doctor import find_drift
from ravo.platform import database as db
from ravo.platform.addresses import Address
from ravo.platform.ids import uuid7
from ravo.platform.settings import forget_settings
from ravo.sales.carts.models import Cart, CartLine
from tests.conftest import token_for
from tests.databases import copy_of_the_database
from tests.inventory.stock import reserve, stock
from tests.sales.carts import ADDRESS, goods
from tests.sales.orders import checkout, ready_cart
from tests.sales.terms import promotion, shipping

BUYERS, PIECES = 500, 100
AT_ONCE = 4
ADDRESS_AS_KEPT = Address.model_validate(ADDRESS).model_dump()


@pytest.fixture
def shop(migrated: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A database of its own, where what is done is committed."""
    monkeypatch.setenv("DATABASE_URL", copy_of_the_database("till"))
    forget_settings()
    yield
    db.forget_connection()
    monkeypatch.undo()
    forget_settings()


def carts_of(dice: random.Random, wanted: str, beside: list[str], rate: str) -> list[str]:
    """Fill a cart for every buyer: one piece that all want, among others; returns their ids."""
    made, lines = [], []
    for _ in range(BUYERS):
        cart = uuid7()
        values = {"id": cart, "currency": "EUR", "email": f"{cart}@example.com", "shipping_rate_id": UUID(rate)}
        made.append(values | {"shipping_address": ADDRESS_AS_KEPT})
        pieces = [(wanted, 1), *((variant, dice.randint(1, 3)) for variant in dice.sample(beside, 2))]
        dice.shuffle(pieces)
        lines += [
            {"id": uuid7(), "cart_id": cart, "variant_id": UUID(variant), "quantity": quantity, "seen_price": 50}
            for variant, quantity in pieces
        ]
    with db.transaction() as session:
        session.execute(insert(Cart), made)
        session.execute(insert(CartLine), lines)
    return [str(values["id"]) for values in made]


def buy(cart_id: str, wanted: str) -> list[tuple[int, str]]:
    """Order a cart; now and then held before, or sent again as one whose answer was lost."""
    dice = random.Random(cart_id)
    if dice.random() < 0.2:
        reserve({wanted: 1}, cart_id)
    key = f"buyer-{uuid.uuid4()}"
    again = dice.choice([1, 1, 2, 3])
    # From a network of one's own: what a till takes from one is limited.
    address = f"2001:db8:{dice.randrange(65536):x}:{dice.randrange(65536):x}::1"
    sent = [checkout({"id": cart_id}, key if dice.random() < 0.7 else None, address=address) for _ in range(again)]
    return [(reply.status, reply.data["orderId"] if reply.status == 201 else reply.error["code"]) for reply in sent]


def buy_some(carts: list[str], wanted: str) -> list[list[tuple[int, str]]]:
    return [buy(cart, wanted) for cart in carts]


def test_a_hundred_pieces_become_a_hundred_orders(shop: None) -> None:
    token = token_for("*")
    (wanted,) = goods(token, "LAST", ("one",), stock=PIECES)
    beside = goods(token, "MANY", ("a", "b", "c", "d", "e"), stock=10_000)
    with db.transaction() as session:
        rate = shipping(session)
        promotion(session, "percent", "10", code=None)
    # They come from other processes, each with a connection of its own, like execution environments.
    with ProcessPoolExecutor(AT_ONCE, multiprocessing.get_context("spawn")) as crowd:
        carts = carts_of(random.Random(1), wanted, beside, rate)
        futures = [crowd.submit(buy_some, carts[start::AT_ONCE], wanted) for start in range(AT_ONCE)]
        answers = [answer for future in futures for answer in future.result()]

    assert [tries for tries in answers if len(set(tries)) > 1] == [], "a cart got two answers"
    assert Counter(tries[0][0] for tries in answers) == {201: PIECES, 409: BUYERS - PIECES}
    assert {tries[0][1] for tries in answers if tries[0][0] == 409} == {"INSUFFICIENT_STOCK"}
    assert stock(token, search="LAST") == {"LAST-one": (PIECES, PIECES, 0)}
    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM orders")) == PIECES
        placed = "SELECT count(*), count(DISTINCT aggregate_id) FROM outbox_events WHERE type = 'order.placed'"
        assert tuple(session.execute(text(placed)).one()) == (PIECES, PIECES)
    assert find_drift() == []


def press_again(cart: Any, key: str) -> tuple[int, str]:
    """Send a checkout until it is answered, as a client does that is told to wait."""
    while True:
        reply = checkout(cart, key)
        if reply.status != 409:
            return reply.status, reply.data["orderId"]
        time.sleep(int(reply.headers["retry-after"]))


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_one_key_has_one_effect_and_one_answer_however_many_send_it_at_once(shop: None, at_once: int) -> None:
    token = token_for("*")
    (wanted,) = goods(token, "ONE", ("one",), stock=10)
    with db.transaction() as session:
        rate = shipping(session)
    cart = ready_cart(None, (wanted, 1), rate=rate)
    key = str(uuid.uuid4())

    with ProcessPoolExecutor(at_once, multiprocessing.get_context("spawn")) as crowd:
        answers = {future.result() for future in [crowd.submit(press_again, cart, key) for _ in range(at_once)]}

    assert len(answers) == 1
    assert stock(token, search="ONE") == {"ONE-one": (10, 1, 9)}
    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM orders")) == 1
    assert find_drift() == []


def use_code(number: int, wanted: str, rate: str) -> int:
    from tests.sales.carts import enter

    cart = ready_cart(None, (wanted, 1), rate=rate)
    entered = enter(cart, "FIVE", address=f"198.51.100.{number}")
    if entered.status == 404:
        return 404
    return checkout(cart).status


def test_a_code_for_five_is_used_five_times(shop: None) -> None:
    token = token_for("*")
    (wanted,) = goods(token, "CODE", ("one",), stock=100)
    with db.transaction() as session:
        rate = shipping(session)
        promotion(session, "percent", "50", code="FIVE", max_uses=5)

    with ProcessPoolExecutor(4, multiprocessing.get_context("spawn")) as crowd:
        answers = [future.result() for future in [crowd.submit(use_code, n, wanted, rate) for n in range(24)]]

    with db.reading() as session:
        uses, rows = session.execute(
            text(
                "SELECT p.uses, count(u.*) FROM promotions p JOIN promotion_uses u ON u.promotion_id = p.id GROUP BY 1"
            )
        ).one()
        discounted = session.scalar(text("SELECT count(*) FROM orders WHERE discount_amount > 0"))
    assert (uses, rows, discounted) == (5, 5, 5)
    assert set(answers) <= {201, 404, 409}
