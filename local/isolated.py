"""Functions as Lambda runs them: each in its own process under the Lambda Runtime API, with only its own layers."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from local.children import before_exec
from local.cloud import Function, Layer
from local.connections import HttpProtocol, Request, Response
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
from local.layers import RUNTIME, opt_folder, runtime_folder

INIT_SECONDS = 10.0
# An idle process takes some 85 MB; above this many, the least recently called one makes room.
MOST_PROCESSES = 16
_API = "/2018-06-01/runtime/"


class _Output(asyncio.Protocol):
    """The output of a process, and its end."""

    def __init__(self) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._parts: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        self._parts.append(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  (asyncio's signature)
        if not self.ended.done():
            self.ended.set_result(None)

    def drain(self) -> str:
        """Return what was printed since the last call."""
        text = b"".join(self._parts).decode(errors="replace")
        self._parts.clear()
        return text


class _Environment:
    """A function's process, and the Runtime API from which it fetches events, on a port of its own."""

    def __init__(self, function: Function, generation: int, first: Sequence[str]) -> None:
        self.function = function
        self._first = first
        self.generation = generation
        self.process: subprocess.Popen[bytes]
        self._waiting = True
        self._ready = asyncio.Event()
        self._events: asyncio.Queue[tuple[str, bytes] | None] = asyncio.Queue()
        self._answered: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._output = _Output()

    @property
    def usable(self) -> bool:
        """Whether the process waits for an event."""
        return self._waiting and not self._output.ended.done()

    async def start(self, paths: list[Path], variables: Mapping[str, str]) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: HttpProtocol(self._api), "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        reading, writing = os.pipe()
        await loop.connect_read_pipe(lambda: self._output, os.fdopen(reading, "rb", 0))
        self.process = subprocess.Popen(
            # Without site, nothing that is installed on this machine is found by default.
            [sys.executable, "-S", *self._first, self.function.handler],
            cwd=self.function.code,
            env={
                **variables,
                "PYTHONPATH": ":".join(map(str, paths)),
                "LAMBDA_TASK_ROOT": str(self.function.code),
                "AWS_LAMBDA_RUNTIME_API": f"{host}:{port}",
                "AWS_LAMBDA_FUNCTION_NAME": self.function.name,
                "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.function.memory),
                "AWS_LAMBDA_LOG_FORMAT": "JSON",
            },
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            preexec_fn=before_exec(signal.SIGKILL),  # noqa: PLW1509  (only the child can tie its life to ours)
            start_new_session=True,
        )
        os.close(writing)

    async def call(self, request_id: str, event: bytes) -> Outcome:
        """Run the function once; one call at a time."""
        initialised = asyncio.ensure_future(self._ready.wait())
        first = {initialised, self._answered, self._output.ended}
        await asyncio.wait(first, timeout=INIT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        initialised.cancel()
        if self._ready.is_set():
            self._events.put_nowait((request_id, event))
            first = {self._answered, self._output.ended}
            await asyncio.wait(first, timeout=self.function.timeout, return_when=asyncio.FIRST_COMPLETED)
        outcome = self._outcome()
        self._answered = asyncio.get_running_loop().create_future()
        return outcome

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self._server.close()
        self._events.put_nowait(None)

    def _outcome(self) -> Outcome:
        if self._answered.done():
            outcome = self._answered.result()
        else:
            outcome = ended() if self._output.ended.done() else timed_out(self.function.timeout)
            self._waiting = False
        return replace(outcome, log=self._output.drain())

    async def _api(self, request: Request) -> Response:
        match request.method, request.path.removeprefix(_API).split("/"):
            case "GET", ["invocation", "next"]:
                return await self._next()
            case "POST", ["invocation", _, "response"] if len(request.body) > LARGEST_ANSWER:
                self._answer(too_large())
                return Response.message(413, "Function.ResponseSizeTooLarge")
            case "POST", ["invocation", _, "response"]:
                self._answer(_returned(request.body))
            case "POST", ["invocation", _, "error"] | ["init", "error"]:
                self._answer(_raised(request.body))
            case _:
                return Response.message(404, "Not Found")
        return Response(202, b"{}")

    async def _next(self) -> Response:
        self._ready.set()
        event = await self._events.get()
        if event is None:
            return Response.message(410, "Gone")
        deadline = int((time.time() + self.function.timeout) * 1000)
        headers = {
            "lambda-runtime-aws-request-id": event[0],
            "lambda-runtime-deadline-ms": str(deadline),
            "lambda-runtime-invoked-function-arn": self.function.arn,
            "content-type": "application/json",
        }
        return Response(200, event[1], list(headers.items()))

    def _answer(self, outcome: Outcome) -> None:
        if not self._answered.done():
            self._answered.set_result(outcome)


class Isolated:
    """Invokes functions, each in a process of its own, its calls one after the other.

    `rights` is the file of what each function may do; without it every function may do everything.
    """

    def __init__(self, state: Path, environment: Mapping[str, str], *, rights: Path | None = None) -> None:
        self._folder = state / "isolated"
        self._environment = dict(environment)
        self._rights = rights
        self._generation = 0
        self._opts: dict[tuple[Layer, ...], Path] = {}
        # The most recently called one comes last.
        self._environments: dict[str, _Environment] = {}
        # Processes come and go here, so their processor time is not added up.
        self.spent: dict[str, Spent] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self.invocations: deque[Invocation] = deque(maxlen=REMEMBERED)

    async def start(self) -> None:
        """Lay out the runtime; a process starts with the first call of its function."""
        self._runtime = runtime_folder(self._folder)

    def stop(self) -> None:
        """End all processes."""
        for name in list(self._environments):
            self._drop(name)

    async def renew(self, environment: Mapping[str, str] | None = None) -> None:
        """Let each function's next call start a new process."""
        if environment is not None:
            self._environment = dict(environment)
        self._generation += 1
        self._opts.clear()

    @property
    def pids(self) -> list[int]:
        """The processes, to inspect or to kill."""
        return [environment.process.pid for environment in self._environments.values()]

    async def invoke(self, function: Function, event: Any) -> Outcome:
        """Run a function on an event, and remember the result."""
        async with self._locks.setdefault(function.name, asyncio.Lock()):
            environment = await self._take(function)
            invocation = begun(function)
            outcome = await environment.call(invocation.request_id, json.dumps(event).encode())
            remember(self.invocations, invocation, outcome)
        return outcome

    async def _take(self, function: Function) -> _Environment:
        environment = self._environments.pop(function.name, None)
        if environment and not (environment.usable and environment.generation == self._generation):
            environment.end()
            environment = None
        if environment is None:
            self._make_room()
            environment = _Environment(function, self._generation, self._first(function))
            await environment.start(*self._surroundings(function))
        self._environments[function.name] = environment
        return environment

    def _first(self, function: Function) -> list[str]:
        """Return what Python runs before the handler."""
        if self._rights is None:
            return ["-m", RUNTIME]
        return [str(Path(__file__).with_name("enclosed.py")), str(self._rights), function.name]

    def _make_room(self) -> None:
        idle = [name for name in self._environments if not self._locks[name].locked()]
        for name in idle[: max(0, len(self._environments) - MOST_PROCESSES + 1)]:
            self._drop(name)

    def _drop(self, name: str) -> None:
        self._environments.pop(name).end()

    def _surroundings(self, function: Function) -> tuple[list[Path], dict[str, str]]:
        """Return the folders in which Python looks for modules, and the variables that the function declares."""
        if function.layers not in self._opts:
            self._opts[function.layers] = opt_folder(self._folder, function.layers)
        opt = self._opts[function.layers]
        declared = {
            name: value.replace("/opt", str(opt)) if value.startswith("/opt") else value
            for name, value in function.environment.items()
            if not value.startswith("{{resolve:")
        }
        return [opt / "python", self._runtime], declared | self._environment


def _returned(document: bytes) -> Outcome:
    result = json.loads(document)
    if isinstance(result, dict) and isinstance(result.get("body"), str):
        return Outcome(result, result.pop("body").encode())
    return Outcome(result)


def _raised(document: bytes) -> Outcome:
    error = json.loads(document)
    trace = "".join(error.get("stackTrace") or [])
    return Outcome(error=error["errorType"], message=f"{error['errorMessage']}\n{trace}")
