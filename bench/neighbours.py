"""Stand-ins for Stripe, the bus and the idempotency table that answer at once.

Their own time is not measured, but calling them and reading their answers is. `python -m bench.neighbours DESCRIPTOR`
serves on a listening socket. Functions find it by the addresses in their environment.
"""

import asyncio
import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import uvloop

from local.children import Child
from local.outside import CARD_KEYS
from local.sockets import listening_socket

ROOT = Path(__file__).parent.parent
_END = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length:"
_INTENTS: dict[str, dict[str, Any]] = {}


class Door(asyncio.Protocol):
    """One connection, kept open: a complete request, its answer, then the next request."""

    def __init__(self) -> None:
        self._buffer = b""
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        """Remember the transport for answers."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Collect data until the request is complete."""
        self._buffer += data
        head = self._buffer.find(_END)
        if head < 0:
            return
        start = self._buffer[:head].lower()
        at = start.find(_LENGTH)
        length = int(start[at + len(_LENGTH) :].partition(b"\r")[0]) if at >= 0 else 0
        whole = head + len(_END) + length
        if len(self._buffer) < whole:
            return
        method, path = start.partition(b" http/")[0].decode().split(" ")
        said = json.dumps(answer(method, path, start.decode(), self._buffer[head + len(_END) : whole].decode()))
        self._buffer = self._buffer[whole:]
        self._transport.write(
            f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(said)}\r\n\r\n{said}".encode()
        )


def answer(method: str, path: str, headers: str, body: str) -> dict[str, Any]:
    """Answer as the service that the request is for: each key is new to it, and it accepts every event."""
    if "x-amz-target: awsevents." in headers:
        entries = json.loads(body)["Entries"]
        return {"FailedEntryCount": 0, "Entries": [{"EventId": str(place)} for place in range(len(entries))]}
    if not path.startswith("/v1/payment_intents"):
        return {}
    if method == "get":
        return _INTENTS[path.rpartition("/")[2]]
    given = {name: values[0] for name, values in parse_qs(body).items()}
    intent_id = f"pi_{len(_INTENTS)}{time.time_ns()}"
    _INTENTS[intent_id] = {
        "id": intent_id,
        "object": "payment_intent",
        "client_secret": f"{intent_id}_secret_bench",
        "status": "requires_payment_method",
        "amount": int(given["amount"]),
        "amount_received": 0,
        "currency": given["currency"],
        "metadata": {"order_id": given["metadata[order_id]"]},
        "last_payment_error": None,
    }
    return _INTENTS[intent_id]


@contextmanager
def neighbours() -> Generator[None]:
    """Serve them in a process of their own during the block, and point this process at them."""
    with listening_socket() as listening, tempfile.TemporaryDirectory(prefix="ravo-bench-") as folder:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        command = [sys.executable, "-m", "bench.neighbours", str(listening.fileno())]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        log = Path(folder) / "neighbours.log"
        child = Child(command, log=log, environment=environment, pass_fds=[listening.fileno()])
        os.environ |= CARD_KEYS | {
            "STRIPE_API_BASE": url,
            "AWS_ENDPOINT_URL": url,
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "EVENT_BUS": "bench",
            "IDEMPOTENCY_TABLE": "bench",
        }
        try:
            yield
        finally:
            child.stop()


async def serve(listening: socket.socket) -> None:
    """Serve until terminated."""
    server = await asyncio.get_running_loop().create_server(Door, sock=listening)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(socket.socket(fileno=int(sys.argv[1]))))
