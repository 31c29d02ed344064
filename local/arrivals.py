"""Queues as event source mappings see them: one request takes and deletes messages, one watcher waits for more."""

import json
import threading
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

# Where the stand-in reports the queues that were sent something since a number, and where messages are taken and done.
ARRIVALS, EXCHANGE = "/moto-api/arrivals.json", "/moto-api/exchange.json"
# How long the stand-in waits for an arrival before it reports that there was none.
WAIT_SECONDS = 20.0
PAUSE_SECONDS = 0.5


class StandInAway(Exception):
    """The stand-in does not answer, or does not have the queue yet. It will in a moment."""


class Door:
    """A persistent connection to the stand-in, for one thread."""

    def __init__(self, stand_in: str) -> None:
        self._address = urlsplit(stand_in)
        self._connection: HTTPConnection | None = None

    def exchange(self, queue: str, done: Sequence[str], most: int) -> list[dict[str, Any]]:
        """Delete the messages of these receipt handles, and return up to `most` further ones.

        Raises `StandInAway`.
        """
        return self.ask(EXCHANGE, {"queue": queue, "done": done, "most": most})["messages"]

    def ask(self, path: str, question: dict[str, Any]) -> dict[str, Any]:
        """Send a request to the stand-in, and return its answer. Raises `StandInAway`."""
        try:
            kept = self._connection or HTTPConnection(self._address.netloc, timeout=2 * WAIT_SECONDS)
            self._connection = None
            kept.request("POST", path, json.dumps(question))
            answer = kept.getresponse()
            content = answer.read()
        except (OSError, HTTPException) as error:
            raise StandInAway(type(error).__name__) from error
        if answer.status != 200:
            raise StandInAway(str(answer.status))
        self._connection = kept
        return json.loads(content)


class Arrivals:
    """Watches the queues of a stand-in for as long as the system runs."""

    def __init__(self, stand_in: str) -> None:
        self._door = Door(stand_in)
        self._arrived: dict[str, threading.Event] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch queues", daemon=True)

    def start(self) -> None:
        """Start to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._ended.set()

    def at(self, queue: str) -> threading.Event:
        """Return an event that is set while a queue may hold something to take.

        At first it is set, so that every poller looks once.
        """
        if queue not in self._arrived:
            self._arrived[queue] = threading.Event()
            self._arrived[queue].set()
        return self._arrived[queue]

    def _run(self) -> None:
        seen = 0
        while not self._ended.is_set():
            try:
                told = self._door.ask(ARRIVALS, {"seen": seen})
                seen = told["seen"]
                arrived = [self._arrived[name] for name in told["queues"] if name in self._arrived]
            except StandInAway:
                # Arrivals in the meantime are not reported, so all pollers have to look.
                self._ended.wait(PAUSE_SECONDS)
                seen, arrived = 0, list(self._arrived.values())
            for each in arrived:
                each.set()
