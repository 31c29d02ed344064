"""Five hundred buyers and a hundred pieces: a hundred get one, nobody waits for anybody who waits for him, and the books agree."""

import multiprocessing
import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest

from ravo.operations.doctor.service import find_drift
from ravo.platform import database as db
from ravo.platform.settings import forget_settings
from tests.conftest import token_for
from tests.databases import copy_of_the_database
from tests.inventory.stock import adjust, release, reserve, stock, variants

BUYERS, PIECES = 500, 100
AT_ONCE = 8


@pytest.fixture
def shop(migrated: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A database of its own, where what is done is committed."""
    monkeypatch.setenv("DATABASE_URL", copy_of_the_database("last_pieces"))
    forget_settings()
    yield
    db.forget_connection()
    monkeypatch.undo()
    forget_settings()


def buy(buyer: int, wanted: str, beside: list[str]) -> list[int]:
    """Reserve one piece among others, in an order of one's own; now and then again with the same key, as one whose answer was lost."""
    dice = random.Random(buyer)
    items = [(wanted, 1), *((variant, dice.randint(1, 3)) for variant in dice.sample(beside, 2))]
    dice.shuffle(items)
    tries = dice.choice([1, 1, 2, 3])
    key = {"idempotency-key": f"buyer-{buyer}"}
    return [reserve(items, f"buyer-{buyer:04}", headers=key).status for _ in range(tries)]


def buy_some(buyers: range, wanted: str, beside: list[str]) -> list[list[int]]:
    return [buy(buyer, wanted, beside) for buyer in buyers]


def test_a_hundred_pieces_find_a_hundred_buyers(shop: None) -> None:
    token = token_for("*")
    (wanted,) = variants(token, "LAST", ("one",))
    beside = variants(token, "MANY", ("a", "b", "c", "d", "e"))
    adjust(token, wanted, delta=PIECES)
    for variant in beside:
        adjust(token, variant, delta=10_000)
    # They come from other processes, each with a connection of its own, like execution environments.
    with ProcessPoolExecutor(AT_ONCE, multiprocessing.get_context("spawn")) as crowd:
        shares = [range(start, BUYERS, AT_ONCE) for start in range(AT_ONCE)]
        futures = [crowd.submit(buy_some, share, wanted, beside) for share in shares]
        answers = [answer for future in futures for answer in future.result()]

    assert all(len(set(tries)) == 1 for tries in answers), "the same key got two answers"
    assert Counter(tries[0] for tries in answers) == {201: PIECES, 409: BUYERS - PIECES}
    assert stock(token, search="LAST") == {"LAST-one": (PIECES, PIECES, 0)}
    assert find_drift() == []


def test_what_a_hundred_give_back_at_once_is_all_there_again(shop: None) -> None:
    token = token_for("*")
    (wanted,) = variants(token, "BACK", ("one",))
    adjust(token, wanted, delta=PIECES)
    held = [reserve({wanted: 1}, f"session-{number:04}").data["id"] for number in range(PIECES)]

    with ProcessPoolExecutor(4, multiprocessing.get_context("spawn")) as crowd:
        # Each is given back twice, from two sides.
        assert set(crowd.map(_give_back, held + held)) == {204}

    assert stock(token, search="BACK") == {"BACK-one": (PIECES, 0, PIECES)}
    assert find_drift() == []


def _give_back(reservation_id: str) -> int:
    return release(reservation_id).status
