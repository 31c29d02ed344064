"""An execution environment: takes one event at a time, and keeps every function that it has loaded."""

import importlib.util
import io
import json
import os
import socket
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from local.boundary import Boundary
from local.frames import HEADER, pack
from local.rights import read

PIECE = 1 << 20

type Handler = Callable[[dict[str, Any], Any], Any]


class Context:
    """The context that Lambda passes to a function with its event."""

    def __init__(self, call: dict[str, Any]) -> None:
        self.function_name: str = call["function"]
        self.function_version = "$LATEST"
        self.memory_limit_in_mb: int = call["memory"]
        self.invoked_function_arn: str = call["arn"]
        self.aws_request_id: str = call["request_id"]
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.log_stream_name = str(os.getpid())
        self.identity = None
        self.client_context = None
        self._deadline = time.monotonic() + call["timeout"]

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the function may still run."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


class Worker:
    """Serves calls from one socket until it closes."""

    def __init__(self, connection: socket.socket, functions: Path, boundary: Boundary | None) -> None:
        self._connection = connection
        self._functions = functions
        self._boundary = boundary
        self._handlers: dict[str, Handler] = {}

    def serve(self) -> None:
        """Handle calls one after the other."""
        received = bytearray()
        while piece := self._connection.recv(PIECE):
            received += piece
            if len(received) < HEADER.size:
                continue
            head, body = HEADER.unpack_from(received)
            start = HEADER.size + head
            if len(received) == start + body:
                call, event = json.loads(received[HEADER.size : start]), json.loads(received[start:])
                received.clear()
                self._connection.sendall(self._answer(call, event))

    def _answer(self, call: dict[str, Any], event: Any) -> bytes:
        output = sys.stdout = sys.stderr = _output
        began = time.process_time()

        def said(**answer: Any) -> dict[str, Any]:
            return answer | {"log": output.drain(), "processor": time.process_time() - began}

        try:
            handler = self._handler(call["module"])
            with self._boundary.around(call["function"]) if self._boundary else nullcontext():
                result = handler(event, Context(call))
            # A body is sent next to the result, not as JSON within JSON.
            apart = isinstance(result, dict) and isinstance(result.get("body"), str)
            body = result.pop("body").encode() if apart else b""
            return pack(said(ok=True, result=result, has_body=apart), body)
        except BaseException as error:
            trace = traceback.format_exc()
            return pack(said(ok=False, error=type(error).__name__, trace=trace))

    def _handler(self, module: str) -> Handler:
        if module not in self._handlers:
            self._handlers[module] = _load(self._functions / f"{module}.py", module).handler
        return self._handlers[module]


class _Output(io.TextIOBase):
    """Collects what a function prints; created once, since loggers keep the stream that they saw first."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._parts.append(text)
        return len(text)

    def drain(self) -> str:
        """Return what was printed since the last call."""
        text = "".join(self._parts)
        self._parts.clear()
        return text


_output = _Output()


def _load(path: Path, module: str) -> Any:
    # Each domain has its own store/ and admin/, so modules are named by their whole path.
    name = "functions." + module.replace("/", ".")
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} can't be loaded")
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[name] = loaded
    spec.loader.exec_module(loaded)
    return loaded


def _boundary(rights: Path) -> Boundary:
    boundary = Boundary(read(rights))
    boundary.stand()
    return boundary


if __name__ == "__main__":
    connection, functions, *rights = sys.argv[1:]
    Worker(
        socket.socket(fileno=int(connection)), Path(functions), _boundary(Path(rights[0])) if rights else None
    ).serve()
