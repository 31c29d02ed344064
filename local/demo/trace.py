"""The effects of a step: the events it recorded, the functions that ran, and the mails that were sent."""

import json
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import psycopg

from local.demo.client import Shop
from local.system import System

QUIET_SECONDS = 0.6
SETTLED_WITHIN_SECONDS = 60.0


@dataclass(frozen=True)
class Caused:
    """The effects since the last look.

    How often each event was recorded, each function's runs with their total seconds, and the recipients of mails.
    """

    events: dict[str, int]
    unpublished: int
    requests: dict[str, tuple[int, float]]
    jobs: dict[str, tuple[int, float]]
    mails: list[str]
    failures: list[str]


class Trace:
    """Reads the outbox and the invocations, and remembers what it has seen."""

    def __init__(self, system: System, shop: Shop) -> None:
        self._shop = shop
        self._database = psycopg.connect(system.postgres.url.replace("+psycopg", ""), autocommit=True)
        self._jobs = {mapping.function for mapping in system.cloud.mappings}
        # The clock calls these whether anything happens or not.
        self._clockwork = {schedule.function for schedule in system.cloud.schedules}
        self._events: set[Any] = set()
        self._seen: set[tuple[str, float]] = set()
        self._invocations: list[dict[str, Any]] = []
        self._mails = 0
        self.caused()

    def close(self) -> None:
        """Close the connection to the database."""
        self._database.close()

    def look(self) -> bool:
        """Record what ran since the last look; return whether nothing ran and nothing waits.

        The system only remembers the latest runs.
        """
        state = json.loads(self._shop.send("GET", f"{self._shop.url}/_local/state.json").body)
        new = [call for call in state["invocations"] if (call["function"], call["at"]) not in self._seen]
        new = [call for call in new if call["function"] not in self._clockwork]
        self._seen |= {(call["function"], call["at"]) for call in new}
        self._invocations += new
        return not new and not any(queue["waiting"] or queue["working"] for queue in state["queues"])

    def caused(self) -> Caused:
        """Wait until everything that was started has ended, and return its effects."""
        deadline = time.monotonic() + SETTLED_WITHIN_SECONDS
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < QUIET_SECONDS:
            if not self.look():
                quiet_since = time.monotonic()
            if time.monotonic() > deadline:
                raise TimeoutError("the system has not come to rest")
            time.sleep(0.05)
        events, unpublished = self._new_events()
        calls, self._invocations = self._invocations, []
        return Caused(
            events,
            unpublished,
            _summed(call for call in calls if call["function"] not in self._jobs),
            _summed(call for call in calls if call["function"] in self._jobs),
            self._new_mails(),
            [f"{call['function']}: {call['outcome']}" for call in calls if call["outcome"] != "ok"],
        )

    def _new_events(self) -> tuple[dict[str, int], int]:
        rows = self._database.execute("SELECT id, type, published_at FROM outbox_events ORDER BY id").fetchall()
        new = [row for row in rows if row[0] not in self._events]
        self._events |= {row[0] for row in new}
        counted: dict[str, int] = defaultdict(int)
        for _, kind, _ in new:
            counted[kind] += 1
        return dict(counted), sum(1 for row in rows if row[2] is None)

    def _new_mails(self) -> list[str]:
        sent = json.loads(self._shop.send("GET", f"{self._shop.url}/_local/mail.json").body)
        # The newest comes first.
        new, self._mails = sent[: len(sent) - self._mails], len(sent)
        return [f"{mail['to']}: {mail['subject']}" for mail in reversed(new)]


def _summed(calls: Any) -> dict[str, tuple[int, float]]:
    summed: dict[str, tuple[int, float]] = {}
    for call in calls:
        times, seconds = summed.get(call["function"], (0, 0.0))
        summed[call["function"]] = times + 1, seconds + call["took"]
    return summed
