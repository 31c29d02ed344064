"""Valkey and what is built on it, with it and without: cache, marks."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from ravo.platform import cache, valkey
from ravo.platform.cache import Group, cached, drop, key_of
from ravo.platform.pending_work import PendingWork
from ravo.platform.settings import forget_settings
from ravo.platform.time import now
from ravo.platform.valkey import ValkeyUnavailable
from ravo.platform.valkey_connection import Connection
from tests.at_once import at_once


@pytest.fixture(autouse=True)
def _empty(database: Any) -> None:
    """Valkey with nothing in it."""


class Builder:
    """Counts how often it was asked."""

    def __init__(self, pause: float = 0) -> None:
        self.times = 0
        self.pause = pause

    def __call__(self) -> bytes:
        self.times += 1
        time.sleep(self.pause)
        return b"answer %d" % self.times


def test_an_answer_is_built_once_and_then_kept() -> None:
    build = Builder()

    assert [cached(Group.PRODUCTS, "a", build) for _ in range(3)] == [b"answer 1"] * 3
    assert cached(Group.PRODUCTS, "b", build) == b"answer 2"


def test_a_dropped_group_is_built_anew_and_others_stay() -> None:
    products, categories = Builder(), Builder()
    cached(Group.PRODUCTS, "a", products)
    cached(Group.CATEGORIES, "a", categories)

    drop(Group.PRODUCTS)

    assert cached(Group.PRODUCTS, "a", products) == b"answer 2"
    assert cached(Group.PRODUCTS, "a", products) == b"answer 2"
    assert cached(Group.CATEGORIES, "a", categories) == b"answer 1"


def test_a_change_during_a_build_makes_its_answer_stale() -> None:
    def build() -> bytes:
        drop(Group.PRODUCTS)
        return b"read before the change"

    cached(Group.PRODUCTS, "a", build)

    assert cached(Group.PRODUCTS, "a", lambda: b"new") == b"new"


def test_an_expired_answer_is_built_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    build = Builder()
    cached(Group.PRODUCTS, "a", build)
    monkeypatch.setitem(cache.LIFE_SECONDS, Group.PRODUCTS, 0)

    assert cached(Group.PRODUCTS, "a", build) == b"answer 2"


def test_a_crowd_has_one_builder() -> None:
    build = Builder(pause=0.2)

    answers = at_once(*[lambda: cached(Group.PRODUCTS, "a", build)] * 8)

    assert answers == [b"answer 1"] * 8


def test_while_one_builds_anew_the_others_get_the_old_answer() -> None:
    cached(Group.PRODUCTS, "a", lambda: b"old")
    drop(Group.PRODUCTS)
    began, go_on = threading.Event(), threading.Event()

    def build() -> bytes:
        began.set()
        go_on.wait(5)
        return b"new"

    rebuilding = threading.Thread(target=lambda: cached(Group.PRODUCTS, "a", build))
    rebuilding.start()
    began.wait(5)

    assert cached(Group.PRODUCTS, "a", lambda: b"not asked") == b"old"
    go_on.set()
    rebuilding.join()
    assert cached(Group.PRODUCTS, "a", lambda: b"not asked") == b"new"


def test_a_builder_that_dies_keeps_nobody_waiting_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "REBUILD_SECONDS", 0.2)
    valkey.execute("SET", "{cms:products:a}:lock", "of the dead")

    assert cached(Group.PRODUCTS, "a", lambda: b"answer") == b"answer"


def test_whoever_built_for_too_long_leaves_the_lock_to_the_next() -> None:
    def build() -> bytes:
        valkey.execute("SET", "{cms:products:a}:lock", "of the next")
        return b"answer"

    assert cached(Group.PRODUCTS, "a", build) == b"answer"
    assert valkey.execute("GET", "{cms:products:a}:lock") == b"of the next"


def test_what_can_not_be_built_raises_and_is_tried_again() -> None:
    def fail() -> bytes:
        raise LookupError

    with pytest.raises(LookupError):
        cached(Group.PRODUCTS, "a", fail)
    assert cached(Group.PRODUCTS, "a", lambda: b"fine") == b"fine"


def test_without_valkey_every_answer_is_built(down: None) -> None:
    build = Builder()

    assert [cached(Group.PRODUCTS, "a", build) for _ in range(2)] == [b"answer 1", b"answer 2"]
    with pytest.raises(ValkeyUnavailable):
        drop(Group.PRODUCTS)


def test_a_valkey_that_goes_away_during_a_build_costs_no_second_build(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = Connection.execute

    def answer_until_built(connection: Connection, commands: Any) -> Any:
        if build.times:
            raise TimeoutError
        return answers(connection, commands)

    build = Builder()
    monkeypatch.setattr(Connection, "execute", answer_until_built)
    monkeypatch.setattr(valkey, "CIRCUIT_OPEN_SECONDS", 0)

    assert cached(Group.PRODUCTS, "a", build) == b"answer 1"


def test_keys_depend_on_every_part() -> None:
    assert key_of("a", "b") == key_of("a", "b")
    assert len({key_of("a", "b"), key_of("ab"), key_of("b", "a"), key_of("a", None)}) == 4


def test_a_dead_valkey_is_not_asked_again_at_once(down: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    execute = Connection.execute
    monkeypatch.setattr(Connection, "execute", lambda *given: (asked.append(given), execute(*given)))

    for _ in range(3):
        with pytest.raises(ValkeyUnavailable):
            valkey.execute("PING")
    assert len(asked) == 1

    monkeypatch.setattr(valkey, "_circuit_open_until", time.monotonic())
    with pytest.raises(ValkeyUnavailable):
        valkey.execute("PING")
    assert len(asked) == 2


def test_without_an_address_valkey_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VALKEY_URL")
    forget_settings()
    valkey.forget_connection()

    with pytest.raises(ValkeyUnavailable):
        valkey.execute("PING")

    monkeypatch.undo()
    forget_settings()
    valkey.forget_connection()


def test_marks_say_when_there_is_something_to_look_for() -> None:
    marks = PendingWork("work")
    assert marks.may_hold()

    marks.forget(older_than=now())
    assert not marks.may_hold()

    marks.put("one")
    assert marks.may_hold()
    marks.forget(older_than=now() - timedelta(seconds=5))
    assert marks.may_hold()
    marks.clear("one")
    assert not marks.may_hold()


def test_without_valkey_marks_hold_everything(down: None) -> None:
    marks = PendingWork("work")

    marks.put("one")
    marks.clear("one")
    marks.forget(older_than=now())

    assert marks.may_hold()
