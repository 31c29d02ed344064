"""A client that sends each request right after the last answer.

`python -m bench.load PORT CONNECTIONS SECONDS PATH LANGUAGE` runs it. In PATH and LANGUAGE `{n}` counts up, `{product}`
counts from 1 to a thousand and starts over, and `{languages}` changes then.
"""

import asyncio
import json
import random
import sys
import time
from itertools import permutations
from typing import Any

import uvloop

from bench.report import Times

_END = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length: "
_PRODUCTS = 1_000
_LANGUAGES = [",".join(chosen) for chosen in permutations(("de", "fr", "it", "es", "nl", "pl", "pt", "sv", "da"), 3)]


class Client(asyncio.Protocol):
    """One connection: the next request is sent when the last answer is complete."""

    def __init__(self, load: "Load") -> None:
        self._load = load
        self._buffer = b""
        self._began = 0.0
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        """Send the first request."""
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Collect data until the answer is complete."""
        self._buffer += data
        head = self._buffer.find(_END)
        if head < 0:
            return
        at = self._buffer.find(_LENGTH, 0, head)
        length = int(self._buffer[at + len(_LENGTH) : self._buffer.find(b"\r", at + 2)]) if at >= 0 else 0
        if len(self._buffer) < head + len(_END) + length:
            return
        self._load.answered(time.perf_counter() - self._began, ok=self._buffer.startswith(b"HTTP/1.1 200"))
        self._buffer = b""
        if self._load.going_on():
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  (asyncio's signature)
        """Report that this connection is done."""
        self._load.closed()

    def _ask(self) -> None:
        self._began = time.perf_counter()
        self._transport.write(self._load.next_request())


class Load:
    """What all connections share: the clock, the count, the times."""

    def __init__(self, path: str, language: str, seconds: float, connections: int) -> None:
        self._request = (
            f"GET {path} HTTP/1.1\r\nhost: localhost\r\naccept-encoding: gzip\r\naccept-language: {language}\r\n\r\n"
        )
        self._seconds = seconds
        self._open = connections
        # Runs of the same path must not find what an earlier run left in the cache.
        self._number = random.randrange(1, 1000) * 1_000_000
        self._times: list[float] = []
        self._failed = 0
        self._until = time.perf_counter() + seconds
        self.done = asyncio.Event()

    def next_request(self) -> bytes:
        """Return the next request's bytes."""
        self._number += 1
        turn, product = divmod(self._number, _PRODUCTS)
        asked = self._request.replace("{n}", str(self._number)).replace("{product}", str(product + 1))
        return asked.replace("{languages}", _LANGUAGES[turn % len(_LANGUAGES)]).encode()

    def answered(self, took: float, *, ok: bool) -> None:
        """Record an answer."""
        self._times.append(took)
        self._failed += not ok

    def going_on(self) -> bool:
        """Whether there is time left."""
        return time.perf_counter() < self._until

    def closed(self) -> None:
        """Record the end of a connection."""
        self._open -= 1
        if not self._open:
            self.done.set()

    def summary(self) -> dict[str, float]:
        """Sum up the run."""
        times = Times.of(self._times)
        rate = len(self._times) / self._seconds
        return {"rate": rate, "p50": times.p50, "p95": times.p95, "count": times.count, "failed": self._failed}


async def run(port: int, connections: int, seconds: float, path: str, language: str) -> dict[str, float]:
    """Load one path of the loopback for some seconds."""
    load = Load(path, language, seconds, connections)
    loop = asyncio.get_running_loop()
    for _ in range(connections):
        await loop.create_connection(lambda: Client(load), "127.0.0.1", port)
    await load.done.wait()
    return load.summary()


def main() -> None:
    """Run the command line, and print the result."""
    port, connections, seconds, path, language = sys.argv[1:]
    print(json.dumps(uvloop.run(run(int(port), int(connections), float(seconds), path, language))))


if __name__ == "__main__":
    main()
