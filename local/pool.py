"""The execution environments: a few worker processes, each busy with one event, replaced when they die or take too long."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.children import before_exec
from local.frames import HEADER
from local.templates import Function

REMEMBERED = 200


@dataclass(frozen=True)
class Outcome:
    """How an invocation went: what the function returned (its `body` apart, as bytes), or what kind of error ended it."""

    result: Any = None
    body: bytes | None = None
    error: str | None = None
    message: str = ""


@dataclass(frozen=True)
class Invocation:
    """An invocation, for those who look at the system."""

    function: str
    request_id: str
    at: float
    took: float
    outcome: str
    log: str
    event: str = field(repr=False, default="")


class _Environment:
    """One worker process and the socket to it."""

    def __init__(self, process: subprocess.Popen[bytes], reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.process = process
        self.reader = reader
        self.writer = writer

    async def call(self, head: dict[str, Any], event: bytes) -> tuple[dict[str, Any], bytes]:
        encoded = json.dumps(head).encode()
        self.writer.write(HEADER.pack(len(encoded), len(event)) + encoded + event)
        length, body_length = HEADER.unpack(await self.reader.readexactly(HEADER.size))
        answer = json.loads(await self.reader.readexactly(length))
        body = await self.reader.readexactly(body_length) if body_length else b""
        return answer, body

    def end(self) -> None:
        self.writer.close()
        self.process.kill()
        self.process.wait()


class Pool:
    """Invokes functions; more calls than there are environments wait for one."""

    def __init__(self, root: Path, environment: Mapping[str, str], *, size: int) -> None:
        self._root = root
        self._environment = dict(environment)
        self._size = size
        self._free: asyncio.LifoQueue[_Environment] = asyncio.LifoQueue()
        self._all: set[_Environment] = set()
        self._generation = 0
        self.invocations: deque[Invocation] = deque(maxlen=REMEMBERED)

    async def start(self) -> None:
        """Start all environments."""
        for _ in range(self._size):
            self._free.put_nowait(await self._spawn())

    def stop(self) -> None:
        """End all environments."""
        for environment in list(self._all):
            environment.end()
        self._all.clear()

    async def renew(self, environment: Mapping[str, str] | None = None) -> None:
        """Replace every environment by one that loads the code anew, each as soon as it is free."""
        if environment is not None:
            self._environment = dict(environment)
        for _ in range(self._size):
            old = await self._free.get()
            self._retire(old)
            self._free.put_nowait(await self._spawn())

    @property
    def pids(self) -> list[int]:
        """The processes, to look at or to kill."""
        return [environment.process.pid for environment in self._all]

    async def invoke(self, function: Function, event: Any, *, timeout: float | None = None) -> Outcome:
        """Run a function on an event, and remember how it went."""
        request_id = str(uuid.uuid4())
        limit = timeout or function.timeout
        head = {
            "function": function.name,
            "module": function.module,
            "memory": function.memory,
            "arn": function.arn,
            "timeout": limit,
            "request_id": request_id,
        }
        encoded = json.dumps(event).encode()
        environment = await self._take()
        started = time.time()
        log = ""
        try:
            answer, body = await asyncio.wait_for(environment.call(head, encoded), limit)
            log = answer["log"]
            outcome = _outcome(answer, body)
            self._free.put_nowait(environment)
        except TimeoutError:
            outcome = Outcome(error="Timeout", message=f"Task timed out after {limit:.2f} seconds")
            await self._replace(environment)
        except (OSError, asyncio.IncompleteReadError):
            outcome = Outcome(error="Runtime.ExitError", message="the environment ended during the call")
            await self._replace(environment)
        except asyncio.CancelledError:
            self._retire(environment)
            raise
        self.invocations.append(
            Invocation(
                function.name,
                request_id,
                started,
                time.time() - started,
                outcome.error or "ok",
                log if not outcome.error else f"{log}{outcome.message}\n",
            )
        )
        return outcome

    async def _take(self) -> _Environment:
        while True:
            environment = await self._free.get()
            if environment.process.poll() is None:
                return environment
            await self._replace(environment)

    async def _replace(self, environment: _Environment) -> None:
        self._retire(environment)
        self._free.put_nowait(await self._spawn())

    def _retire(self, environment: _Environment) -> None:
        self._all.discard(environment)
        environment.end()

    async def _spawn(self) -> _Environment:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", "local.worker", str(theirs.fileno()), str(self._root / "functions")],
                cwd=self._root,
                env=self._environment | {"PYTHONPATH": f"{self._root / 'shared'}:{self._root}"},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                preexec_fn=before_exec(),  # noqa: PLW1509  (only the child can tie its life to ours)
                start_new_session=True,
            )
        ours.setblocking(False)
        reader, writer = await asyncio.open_unix_connection(sock=ours, limit=1 << 24)
        environment = _Environment(process, reader, writer)
        self._all.add(environment)
        return environment


def environments() -> int:
    """Return how many environments suit this machine."""
    return max(2, os.cpu_count() or 2)


def _outcome(answer: dict[str, Any], body: bytes) -> Outcome:
    if answer["ok"]:
        return Outcome(result=answer["result"], body=body if answer["has_body"] else None)
    return Outcome(error=answer["error"], message=answer["trace"])
