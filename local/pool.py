"""The execution environments: worker processes that take one event at a time, replaced if they die or take too long."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from local.children import before_exec
from local.cloud import Function
from local.frames import HEADER, pack
from local.invocations import (
    LARGEST_ANSWER,
    REMEMBERED,
    Invocation,
    Outcome,
    Spent,
    begun,
    ended,
    remember,
    timed_out,
    too_large,
)

# As much as a busy system would write to a socket in one go.
_SOCKET_BUFFER = 1 << 20
PAUSE_SECONDS = 0.2
# The folder in which the worker's own module is found.
_OURS = Path(__file__).parent.parent


class _Call:
    """A call of a function, on its way to an environment or in one."""

    __slots__ = ("answer", "frame", "function", "invocation", "timer")

    def __init__(self, function: Function, event: Any) -> None:
        loop = asyncio.get_running_loop()
        self.function = function
        self.invocation = begun(function)
        self.frame = pack(_head(function, self.invocation.request_id), json.dumps(event).encode())
        self.answer: asyncio.Future[Outcome] = loop.create_future()
        self.timer: asyncio.TimerHandle | None = None


class _Environment(asyncio.Protocol):
    """One worker process and the socket to it.

    `on_outcome` is called with the result of a call, and whether the process can continue; without a call, it reports
    that the process has ended.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        generation: int,
        on_outcome: Callable[["_Environment", _Call | None, Outcome, bool], None],
    ) -> None:
        self.process = process
        self.generation = generation
        self._on_outcome = on_outcome
        self._received = bytearray()
        self._call: _Call | None = None
        self._transport: Any = None

    @property
    def usable(self) -> bool:
        """Whether the process can take a call."""
        return not self._transport.is_closing() and self.process.poll() is None

    def run(self, call: _Call) -> None:
        """Start a call."""
        self._call = call
        call.invocation.at = time.time()
        call.timer = asyncio.get_running_loop().call_later(call.function.timeout, self._give_up)
        self._transport.write(call.frame)

    def end(self) -> None:
        """End the process, whatever it is doing."""
        if self._transport:
            self._transport.abort()
        self.process.kill()
        self.process.wait()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        received = self._received
        received += data
        if len(received) < HEADER.size:
            return
        head, body = HEADER.unpack_from(received)
        start = HEADER.size + head
        if len(received) < start + body:
            return
        outcome = _outcome(json.loads(received[HEADER.size : start]), bytes(received[start:]))
        received.clear()
        self._finish(outcome, usable=True)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  (asyncio's signature)
        self._finish(ended(), usable=False)

    def _give_up(self) -> None:
        if self._call:
            self._finish(timed_out(self._call.function.timeout), usable=False)

    def _finish(self, outcome: Outcome, *, usable: bool) -> None:
        call, self._call = self._call, None
        if call and call.timer:
            call.timer.cancel()
        self._on_outcome(self, call, outcome, usable)


class Pool:
    """Invokes functions; calls beyond the number of environments wait for one, first come, first served.

    `rights` is the file of what each function may do; without it every function may do everything.
    """

    def __init__(self, root: Path, environment: Mapping[str, str], *, size: int, rights: Path | None = None) -> None:
        self._root = root
        self._environment = dict(environment)
        self._size = size
        self._rights = [str(rights)] if rights else []
        # The most recently busy one is taken first, since its caches are the freshest.
        self._idle: list[_Environment] = []
        self._waiting: deque[_Call] = deque()
        self._all: set[_Environment] = set()
        self._spawning: set[asyncio.Future[None]] = set()
        self._generation = 0
        self._stopped = False
        self.invocations: deque[Invocation] = deque(maxlen=REMEMBERED)
        self.spent: dict[str, Spent] = {}

    async def start(self) -> None:
        """Start all environments."""
        for _ in range(self._size):
            await self._add()

    def stop(self) -> None:
        """End all environments."""
        self._stopped = True
        for spawning in self._spawning:
            spawning.cancel()
        for environment in self._all:
            environment.end()
        self._all.clear()

    async def renew(self, environment: Mapping[str, str] | None = None) -> None:
        """Replace every environment by one that loads the code again; busy ones are replaced before their next call."""
        if environment is not None:
            self._environment = dict(environment)
        self._generation += 1
        idle, self._idle = self._idle, []
        for old in idle:
            self._replace(old)

    @property
    def pids(self) -> list[int]:
        """The processes, to inspect or to kill."""
        return [environment.process.pid for environment in self._all]

    async def invoke(self, function: Function, event: Any) -> Outcome:
        """Run a function on an event, and remember the result. If the caller goes away, the run still goes on."""
        call = _Call(function, event)
        while self._idle:
            environment = self._idle.pop()
            if environment.usable:
                environment.run(call)
                break
            self._replace(environment)
        else:
            self._waiting.append(call)
        return await call.answer

    def _settle(self, environment: _Environment, call: _Call | None, outcome: Outcome, usable: bool) -> None:
        # The next call starts first, so that the environment need not wait while this result is handled.
        if usable:
            self._release(environment)
        elif environment in self._all:
            # A process that ends by itself may do so again and again.
            self._replace(environment, after=0.0 if call else PAUSE_SECONDS)
        if call:
            remember(self.invocations, call.invocation, outcome)
            spent = self.spent.setdefault(call.function.name, Spent())
            spent.calls, spent.processor = spent.calls + 1, spent.processor + outcome.processor
            if not call.answer.done():
                call.answer.set_result(outcome)

    def _release(self, environment: _Environment) -> None:
        if environment.generation != self._generation:
            self._replace(environment)
            return
        while self._waiting:
            call = self._waiting.popleft()
            # Callers that have stopped waiting are skipped.
            if not call.answer.done():
                environment.run(call)
                return
        self._idle.append(environment)

    def _replace(self, environment: _Environment, *, after: float = 0.0) -> None:
        self._all.discard(environment)
        if environment in self._idle:
            self._idle.remove(environment)
        environment.end()
        if self._stopped:
            return
        spawning = asyncio.ensure_future(self._add(after))
        self._spawning.add(spawning)
        spawning.add_done_callback(self._spawning.discard)

    async def _add(self, after: float = 0.0) -> None:
        if after:
            await asyncio.sleep(after)
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "local.worker",
                    str(theirs.fileno()),
                    str(self._root / "functions"),
                    *self._rights,
                ],
                cwd=self._root,
                env=self._environment | {"PYTHONPATH": f"{self._root / 'shared'}:{_OURS}"},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                preexec_fn=before_exec(),  # noqa: PLW1509  (only the child can tie its life to ours)
                start_new_session=True,
            )
        ours.setblocking(False)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SOCKET_BUFFER)
        environment = _Environment(process, self._generation, self._settle)
        self._all.add(environment)
        await asyncio.get_running_loop().create_unix_connection(lambda: environment, sock=ours)
        self._release(environment)


def environments() -> int:
    """Return how many environments suit this machine: one more than it has cores.

    The additional one works while another waits for the database or the cache.
    """
    return 1 + (os.cpu_count() or 1)


def _head(function: Function, request_id: str) -> dict[str, Any]:
    return {
        "function": function.name,
        "module": function.module,
        "memory": function.memory,
        "arn": function.arn,
        "timeout": function.timeout,
        "request_id": request_id,
    }


def _outcome(answer: dict[str, Any], body: bytes) -> Outcome:
    if len(body) > LARGEST_ANSWER:
        return too_large()
    if answer["ok"]:
        body_of = body if answer["has_body"] else None
        return Outcome(answer["result"], body_of, log=answer["log"], processor=answer["processor"])
    return Outcome(error=answer["error"], message=answer["trace"], log=answer["log"], processor=answer["processor"])
