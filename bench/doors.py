"""The cost of admission: authorisation and limits of each request, a sign-in, and a mutation's idempotency key."""

import itertools
import json
import os
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from bench.events import request
from bench.machine import forget_peak, resident
from bench.report import Times, beside, number, table
from bench.served import Served, served, throwaway_folder
from bench.services import database_and_cache
from local.demo.client import API, Shop

CALLS, HASHES, TRIES = 3_000, 40, 80
ACCOUNT = {"email": "ada@example.com", "password": "correct horse battery"}

# Makes the body of the nth try.
type Case = Callable[[int], dict[str, Any]]


def run() -> None:
    """Measure inside a function, then through the gateway."""
    with database_and_cache():
        _admission()
        _hashing()
    with throwaway_folder() as folder, served(folder / "state") as running:
        _sign_ins(running)
        _resets(running)
        _keys(running)


def _admission() -> None:
    from ravo.platform import limits, tokens
    from ravo.platform.http.limits import admit, no_further_limits
    from ravo.platform.ids import uuid7
    from ravo.platform.limits import Counter, Limit

    token = tokens.sign(uuid7(), session_id=uuid7(), roles=["customer"], permissions=["products:read"])
    event = request("GET", "/api/v1/identity/me", token=token)
    guest = request("GET", "/api/v1/catalog/products")
    principal = tokens.verify(token)
    many = Limit("bench", 100_000_000)
    by_one = [Counter(Limit(f"bench-{n}", 100_000_000), "address:203.0.113.7") for n in range(3)]
    by_three = [Counter(many, f"address:203.0.113.{n}") for n in range(3)]
    user = [Counter(limits.per_user(), f"user:{principal.id}")]
    cases: list[tuple[str, Callable[[], object], float | None]] = [
        ("a token verified", lambda: tokens.verify(token), None),
        ("one limit counted", lambda: limits.hit(by_one[:1]), None),
        ("one limit counted, ended sessions looked for", lambda: limits.hit(user, principal), None),
        ("three limits of one caller: one script", lambda: limits.hit(by_one), None),
        ("three limits of three callers: a pipeline of three scripts", lambda: limits.hit(by_three), None),
        ("a guest let in", lambda: admit(guest, no_further_limits), 1.0),
        ("a signed-in user let in: all of it", lambda: admit(event, no_further_limits), 1.0),
    ]
    rows = [[name, *_beside(Times.of(_timed(act, CALLS)), target)] for name, act, target in cases]
    table("Authorisation and limits per request, milliseconds inside the function", _COLUMNS, rows)


def _hashing() -> None:
    from ravo.identity.passwords import service as passwords

    kept = passwords.hash_password(ACCOUNT["password"])
    forget_peak(os.getpid())
    before = resident(os.getpid())
    took = Times.of(_timed(lambda: passwords.matches(kept, ACCOUNT["password"]), HASHES))
    peak = resident(os.getpid(), peak=True)
    table(
        "A password checked: argon2id, 19 MiB, two passes, one lane",
        ["", "p50 ms", "p95 ms", "MiB at its peak"],
        [["check", number(took.p50), number(took.p95), number(peak - before)]],
        "One environment runs one request at a time, and sign-in has functions of its own: no other request waits for it.",
    )


def _sign_ins(running: Served) -> None:
    _ask(Shop(running.url), running, "/identity/register", ACCOUNT)
    wrong, unknown = "known mail, wrong password", "unknown mail"
    cases: dict[str, Case] = {
        "known mail, right password": lambda _turn: ACCOUNT,
        wrong: lambda _turn: ACCOUNT | {"password": "wrong horse battery"},
        unknown: lambda turn: ACCOUNT | {"email": f"nobody{turn}@example.com"},
    }
    _compare(running, "Sign-in through the gateway", "/identity/login", cases, unknown, wrong)


def _resets(running: Served) -> None:
    known, unknown = "known mail", "unknown mail"
    cases: dict[str, Case] = {
        known: lambda _turn: {"email": ACCOUNT["email"]},
        unknown: lambda turn: {"email": f"nobody{turn}@example.com"},
    }
    _compare(
        running, "A password's reset asked for through the gateway", "/identity/forgot-password", cases, unknown, known
    )


def _compare(running: Served, title: str, path: str, cases: dict[str, Case], one: str, other: str) -> None:
    """Send a request in each way, and print how their times compare; nobody should be able to tell them apart."""
    shop = Shop(running.url)
    took: dict[str, list[float]] = {name: [] for name in cases}
    # In turn, so that the machine's other work affects all of them alike.
    for turn, (name, body) in itertools.product(range(-3, TRIES), cases.items()):
        seconds = _ask(shop, running, path, body(turn))
        if turn >= 0:
            took[name].append(seconds)
    times = {name: Times.of(seconds) for name, seconds in took.items()}
    ratio = times[one].p50 / times[other].p50
    table(
        title,
        _COLUMNS,
        [[name, *_beside(each, None)] for name, each in times.items()],
        f"{one.capitalize()} takes {ratio:.2f} of the time of {other}, at the median.",
    )


def _keys(running: Served) -> None:
    shop = running.shop()
    names = ("without a key", "with a key, the first time", "with a key, again")
    took: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(-3, TRIES):
        key = str(uuid.uuid4())
        for name, sent in zip(names, ("", key, key), strict=True):
            seconds = _ask(shop, running, "/catalog/admin/tags", {"name": sent or str(uuid.uuid4())}, sent)
            if turn >= 0:
                took[name].append(seconds)
    table(
        "A mutation (a tag is made) through the gateway",
        _COLUMNS,
        [[name, *_beside(Times.of(seconds), None)] for name, seconds in took.items()],
        "The store of keys is moto, which takes longer over a call than DynamoDB does.",
    )


def _ask(shop: Shop, running: Served, path: str, body: dict[str, Any], key: str = "") -> float:
    """Send a mutation with fresh limits; returns the seconds until its answer."""
    import redis

    with redis.Redis.from_url(running.environment["VALKEY_URL"]) as client:
        client.delete("bench", *client.keys("limits:*"))  # pyright: ignore[reportGeneralTypeIssues]  (redis types keys as a promise too)
    headers = {"content-type": "application/json"} | ({"idempotency-key": key} if key else {})
    sent = json.dumps(body).encode()
    began = time.perf_counter()
    answer = shop.send("POST", f"{shop.url}{API}{path}", sent, headers)
    took = time.perf_counter() - began
    if answer.status not in (200, 201, 202, 401):
        raise RuntimeError(f"{path} answered {answer.status}: {answer.body[:300]!r}")
    return took


_COLUMNS = ["", "p50 ms", "p95 ms", "target p95", ""]


def _beside(times: Times, target: float | None) -> Sequence[str]:
    return [number(times.p50), *beside(times.p95, target)]


def _timed(act: Callable[[], object], turns: int) -> list[float]:
    for _ in range(10):
        act()
    took: list[float] = []
    for _ in range(turns):
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    return took
