"""Limits: how requests are counted, by whom, in how many round trips, and what holds without Valkey."""

from typing import Any

import pytest

from ravo.platform import valkey
from ravo.platform.limits import HOUR, Counter, Limit, RateLimitResult, hit
from ravo.platform.valkey_connection import Connection, Disconnected

ADA = "address:203.0.113.7"


@pytest.fixture(autouse=True)
def _empty(database: Any) -> None:
    """Valkey with nothing in it."""


def tried(*limits: Limit, who: str = "ada") -> RateLimitResult:
    return hit([Counter(limit, who) for limit in limits])


def left(*limits: Limit, who: str = "ada") -> int | None:
    """What is left after a request, or None for one that was refused."""
    result = tried(*limits, who=who)
    return None if result.refusal else result.allowance.remaining


def test_a_limit_counts_each_caller_and_says_what_is_left() -> None:
    limit = Limit("door", 3)

    assert [left(limit) for _ in range(4)] == [2, 1, 0, None]
    assert left(limit, who="bob") == 2
    refused = tried(limit).refusal
    assert refused
    assert 0 < (refused.retry_after or 0) <= 60


def test_what_was_asked_in_the_minute_before_fades_from_the_limit() -> None:
    limit = Limit("door", 4)
    for _ in range(3):
        tried(limit)
    # 75 seconds pass: the window of those three ended 15 seconds ago, and still weighs three quarters.
    valkey.execute("PEXPIRE", "limits:{ada}:door:now", 45_000)

    allowance = tried(limit).allowance

    # Three quarters of three are two and a bit; in five seconds it is two.
    assert (allowance.remaining, allowance.reset) == (4 - 2 - 1, 5)
    assert [left(limit) for _ in range(2)] == [0, None]


def test_a_limit_may_cover_an_hour() -> None:
    limit = Limit("door", 1, HOUR)
    tried(limit)
    valkey.execute("PEXPIRE", "limits:{ada}:door:now", 7_200_000 - 60_000)

    refused = tried(limit)

    assert (refused.allowance.limit, refused.allowance.remaining) == (1, 0)
    assert 3500 <= refused.allowance.reset <= 3540


def test_of_several_limits_the_one_with_the_least_left_is_told() -> None:
    wide, narrow = Limit("wide", 9), Limit("narrow", 2)

    assert [tried(wide, narrow).allowance.limit for _ in range(2)] == [2, 2]
    assert tried(wide).allowance.remaining == 6


def test_a_request_that_one_limit_refuses_is_counted_by_none_of_the_same_caller() -> None:
    wide, narrow = Limit("wide", 9), Limit("narrow", 1)
    tried(wide, narrow)

    assert [left(narrow, wide) for _ in range(3)] == [None] * 3
    assert left(wide) == 7


def test_all_limits_of_a_request_take_one_round_trip(round_trips: list[Any]) -> None:
    counters = [
        Counter(Limit("address", 9), ADA),
        Counter(Limit("door", 9), ADA),
        Counter(Limit("account", 9), "account:1"),
    ]
    hit(counters)
    round_trips.clear()

    hit(counters)
    hit(counters[:2])

    assert len(round_trips) == 2


def test_one_script_touches_keys_of_one_place_in_a_cluster_alone(round_trips: list[Any]) -> None:
    from redis.cluster import key_slot

    counters = [
        Counter(Limit("address", 9), ADA),
        Counter(Limit("door", 9), ADA),
        Counter(Limit("account", 9), "account:1"),
    ]
    hit(counters)

    keys = valkey.execute("KEYS", "limits:*")
    slots = {who: {key_slot(key) for key in keys if who.encode() in key} for who in (ADA, "account:1")}
    assert [len(found) for found in slots.values()] == [1, 1]


def test_a_valkey_that_forgot_the_script_is_told_again() -> None:
    limit = Limit("door", 3)
    tried(limit)
    valkey.execute("SCRIPT", "FLUSH")

    assert left(limit) == 1
    assert [allowance.remaining for allowance in [hit([Counter(limit, "x"), Counter(limit, "y")]).allowance]] == [2]


def test_without_valkey_limits_are_open(down: None) -> None:
    assert [left(Limit("door", 1)) for _ in range(5)] == [1] * 5


def test_without_valkey_a_limit_on_guessing_stands(down: None) -> None:
    open_, closed = Limit("door", 1), Limit("guess", 2, fail_closed=True)

    assert [left(open_, closed) for _ in range(3)] == [1, 0, None]
    assert left(open_, closed, who="bob") == 1


def test_a_valkey_that_goes_away_before_it_has_counted_leaves_limits_open_but_for_guessing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone(*_: object) -> None:
        raise Disconnected("gone")

    monkeypatch.setattr(Connection, "execute", gone)
    monkeypatch.setattr(valkey, "CIRCUIT_OPEN_SECONDS", 0)
    open_, shut = Limit("open", 1), Limit("shut", 1, fail_closed=True)

    assert [bool(tried(open_).refusal) for _ in range(3)] == [False, False, False]
    assert [bool(tried(shut).refusal) for _ in range(3)] == [False, True, True]
