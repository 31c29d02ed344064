"""Orders: the time of each step from an empty cart to a placed order, inside the functions, and orders per second."""

import json
import os
import random
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE
from typing import Any

from bench.events import data_of
from bench.floor import Anew, Floor, Statement, count, recorded
from bench.functions import fill
from bench.journey import CODED, SECOND, Step
from bench.neighbours import neighbours
from bench.report import Times, beside, number, table
from bench.services import database_and_cache
from bench.shopper import ORDERED, shop, whole_answer
from bench.till import PROMOTIONS, VARIANTS_OF_ONE, Till, open_till

ROOT = Path(__file__).parent.parent
PRODUCTS = 10_000
WARM_UP, FEWEST, MOST = 10, 20, 100
WALK_SECONDS, SHOP_SECONDS = 20.0, 6.0
SHOPPERS = (1, 8)
SHORT, LONG = "from no cart to the placed order", "the same with a second item and a code"
# Milliseconds, p50.
TARGETS = {"add an item": 6.0, SECOND: 6.0, SHORT: 40.0}
STATEMENTS = 45
A_SECOND = 40.0


def run() -> None:
    """Fill a shop, open its till, take a shopper's way step by step, then let shoppers order at the same time."""
    with neighbours(), database_and_cache():
        fill(1, PRODUCTS, embedded=0)
        till = _open()
        _print_steps(_walk(till))
        _forget()
        table(
            "Whole paths to a placed order a second",
            ["shoppers at once", "orders a second", "target", "", "with a second item and a code"],
            [_shoppers(together) for together in SHOPPERS],
            "Each shopper is a process with a connection of its own; all of them share the cores with database and cache.",
        )


class Taken:
    """The times of one step: inside the function and bare, with its number of statements."""

    def __init__(self) -> None:
        self.inside: list[float] = []
        self.bare: list[float] = []
        self.statements: list[int] = []

    def add(self, inside: float, bare: float, statements: int) -> None:
        """Record one time."""
        self.inside.append(inside)
        self.bare.append(bare)
        self.statements.append(statements)


def _open() -> Till:
    from sqlalchemy import create_engine, text
    from sqlalchemy.orm import Session

    from ravo.platform.secrets import database_url

    engine = create_engine(database_url())
    with Session(engine) as session:
        till = open_till(session)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()
    return till


def _walk(till: Till) -> dict[str, Taken]:
    """Take the way repeatedly; right after each time, send its statements bare, as those of another order."""
    taken: dict[str, Taken] = {}
    floor, chosen = Floor(), random.Random(1)
    deadline = time.monotonic() + WALK_SECONDS
    for turn in range(-WARM_UP, MOST):
        if turn >= FEWEST and time.monotonic() > deadline:
            break
        for long in (False, True):
            anew, whole = Anew(since=time.time()), Taken()
            for name, inside, sent in _one_way(till, chosen, long=long):
                bare = floor.take([(statement, anew.values(values)) for statement, values in sent])
                if turn < 0:
                    continue
                whole.add(inside, bare, count(sent))
                # Steps that both ways have are reported of the short one.
                if not long or name in (SECOND, CODED):
                    taken.setdefault(name, Taken()).add(inside, bare, count(sent))
                if name == ORDERED:
                    sums = (sum(whole.inside), sum(whole.bare), sum(whole.statements))
                    taken.setdefault(LONG if long else SHORT, Taken()).add(*sums)
    floor.close()
    return taken


def _one_way(till: Till, chosen: random.Random, *, long: bool) -> list[tuple[str, float, list[Statement]]]:
    """Take the way once; return for each step the seconds inside the function and the statements that it sent."""
    steps: list[tuple[str, float, list[Statement]]] = []

    def ask(step: Step) -> Any:
        with recorded(transactions=True) as sent:
            began = time.perf_counter()
            answer = whole_answer(step)
            steps.append((step.name, time.perf_counter() - began, sent))
        return data_of(answer)

    shop(till, chosen, ask, long=long)
    return steps


def _print_steps(taken: dict[str, Taken]) -> None:
    rows: list[list[str]] = []
    for name, step in taken.items():
        inside, bare, statements = Times.of(step.inside), Times.of(step.bare), max(step.statements)
        rows.append(
            [
                name,
                *beside(inside.p50, TARGETS.get(name)),
                number(inside.p95),
                *([f"{statements}", f"<= {STATEMENTS}", "missed" if statements > STATEMENTS else ""] if name in (SHORT, LONG) else [f"{statements}", "", ""]),
                number(bare.p50),
                number(bare.p95),
                f"{inside.p50 / bare.p50:.1f}",
            ]
        )  # fmt: skip
    table(
        f"Orders at {PRODUCTS:,} products, one with {VARIANTS_OF_ONE} variants, and {PROMOTIONS} promotions, milliseconds inside the function",
        ["step", "p50", "target", "", "p95", "statements", "target", "", "bare p50", "bare p95", "ratio"],
        rows,
        "Stripe, the bus and the idempotency table answer at once, from a process beside: asking them counts, what they take does not.",
        "bare: the same statements through psycopg alone, in the same transactions, for another order; ratio: p50 to bare p50.",
    )


def _shoppers(together: int) -> list[str]:
    short, long = (_orders_a_second(together, way) for way in ("short", "long"))
    return [str(together), *beside(short, A_SECOND if together > 1 else None, more_is_better=True), number(long)]


def _orders_a_second(together: int, way: str) -> float:
    """Let a number of shoppers order at the same time, each a process with a connection of its own."""
    command = [sys.executable, "-m", "bench.shopper", str(SHOP_SECONDS), way]
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'shared'}:{ROOT}"}
    with ExitStack() as ended:
        shoppers = [
            ended.enter_context(
                subprocess.Popen(command, cwd=ROOT, env=environment, stdin=PIPE, stdout=PIPE, text=True)
            )
            for _ in range(together)
        ]
        for shopper in shoppers:
            _line(shopper)
        for shopper in shoppers:
            assert shopper.stdin
            shopper.stdin.write("begin\n")
            shopper.stdin.flush()
        found = [json.loads(_line(shopper)) for shopper in shoppers]
    return sum(each["orders"] / each["seconds"] for each in found)


def _line(shopper: subprocess.Popen[str]) -> str:
    assert shopper.stdout
    line = shopper.stdout.readline()
    if not line:
        raise RuntimeError("a shopper went away; what it said stands above")
    return line


def _forget() -> None:
    from ravo.platform import database, valkey

    database.forget_connection()
    valkey.forget_connection()
