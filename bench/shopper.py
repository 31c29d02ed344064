"""Shoppers: `python -m bench.shopper SECONDS long|short` places orders one after the other, as fast as possible.

It prints how many there were.
"""

import json
import random
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

from bench.events import context, data_of, handler_of
from bench.journey import Step, journey
from bench.till import Till, read_till

EMAIL = "shopper@bench.example"
ORDERED = "checkout"
BEFOREHAND = 5


def shop(
    till: Till,
    chosen: random.Random,
    ask: Callable[[Step], Any],
    *,
    email: str = EMAIL,
    until: str | None = None,
    long: bool = False,
) -> None:
    """Take one shopper's way, each request sent by `ask`, up to a named step or to its end."""
    way = journey(till, chosen, email, long=long)
    step = next(way)
    while True:
        data = ask(step)
        if step.name == until:
            return
        try:
            step = way.send(data)
        except StopIteration:
            return


def answered(step: Step) -> Any:
    """Call a function in this process, and return the data of its answer."""
    return data_of(whole_answer(step))


def whole_answer(step: Step) -> dict[str, Any]:
    """Call a function in this process, and return its answer; raises for a refusal."""
    # A function prints its metrics, which is part of its work but not part of our tables.
    with redirect_stdout(StringIO()):
        answer = handler_of(step.module)(step.event, context(step.module))
    if answer["statusCode"] not in (200, 201):
        raise RuntimeError(f"{step.name} answered {answer['statusCode']}: {answer.get('body', '')[:300]}")
    return answer


def main() -> None:
    """Get ready, report that, wait for the start, and print how many orders there were in how many seconds."""
    from ravo.platform.database import engine, reading

    seconds, long, chosen = float(sys.argv[1]), sys.argv[2] == "long", random.Random()
    with reading() as session:
        till = read_till(session)
    engine()
    for _ in range(BEFOREHAND):
        shop(till, chosen, answered, until=ORDERED, long=long)
    print("ready", flush=True)
    sys.stdin.readline()
    began, orders = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        shop(till, chosen, answered, until=ORDERED, long=long)
        orders += 1
    print(json.dumps({"orders": orders, "seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main()
