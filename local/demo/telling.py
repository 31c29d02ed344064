"""Tells a story step by step, each with its effects.

It ends at the first thing that is not as expected.
"""

import json
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from local.demo.trace import Caused, Trace

LOOK_EVERY_SECONDS = 0.1
COMES_WITHIN_SECONDS = 20.0


class Unexpected(Exception):
    """The system did something other than what the story says."""


class Telling:
    """Tells each step, and its effects."""

    def __init__(self, trace: Trace, say: Callable[[str], None] = print) -> None:
        self.say = say
        self.trace = trace
        self._steps = 0

    @contextmanager
    def step(self, title: str, about: str) -> Generator[None]:
        """Tell a step, and its effects at its end."""
        self._steps += 1
        self.say(f"\n{self._steps}. {title}: {about}")
        yield
        self.report()

    def report(self) -> None:
        """Tell the effects since the last report. Raises `Unexpected` for a function that failed."""
        caused = self.trace.caused()
        for label, told in _told(caused):
            if told:
                self.say(f"    {label:<9} {told}")
        expect(not caused.failures, f"functions failed: {', '.join(caused.failures)}")
        expect(not caused.unpublished, f"{caused.unpublished} events were not published")


def expect(true: bool, otherwise: str) -> None:
    """Raise `Unexpected` unless a condition holds."""
    if not true:
        raise Unexpected(otherwise)


def eventually[T](look: Callable[[], T], holds: Callable[[T], bool], otherwise: str) -> T:
    """Look until the condition holds, and return what is seen then; raises `Unexpected` if that takes too long."""
    deadline = time.monotonic() + COMES_WITHIN_SECONDS
    while not holds(seen := look()):
        expect(time.monotonic() < deadline, f"{otherwise}: {json.dumps(seen)[:500]}")
        time.sleep(LOOK_EVERY_SECONDS)
    return seen


def money(price: dict[str, str]) -> str:
    """Write a price as people read it."""
    return f"{price['amount']} {price['currency']}"


def _told(caused: Caused) -> list[tuple[str, str]]:
    events = [f"{kind} x{times}" if times > 1 else kind for kind, times in sorted(caused.events.items())]
    return [
        ("requests", _ran(caused.requests)),
        ("jobs", _ran(caused.jobs)),
        ("events", ", ".join(events)),
        *(("mail", mail) for mail in caused.mails),
    ]


def _ran(calls: dict[str, Any]) -> str:
    return ", ".join(f"{name} x{times} ({seconds * 1000:.0f} ms)" for name, (times, seconds) in sorted(calls.items()))
