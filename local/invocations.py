"""How invocations go, and which ones went lately: what every kind of execution environment has in common."""

import time
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from local.cloud import Function

REMEMBERED = 200
LARGEST_ANSWER = 6 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an invocation went: what the function returned (its `body` apart, as bytes), or what kind of error ended
    it.
    """

    result: Any = None
    body: bytes | None = None
    error: str | None = None
    message: str = ""
    log: str = ""
    # Seconds, where the environment says so.
    processor: float = 0.0

    @property
    def whole(self) -> Any:
        """What the function returned, its body in its place."""
        return self.result if self.body is None else self.result | {"body": self.body.decode()}


@dataclass(slots=True)
class Invocation:
    """An invocation, for those who look at the system."""

    function: str
    request_id: str
    at: float
    took: float = 0.0
    outcome: str = "ok"
    log: str = ""


@dataclass(slots=True)
class Spent:
    """How often a function was called, and the processor time of all calls, in seconds."""

    calls: int = 0
    processor: float = 0.0


class Environments(Protocol):
    """Where functions run."""

    invocations: deque[Invocation]
    spent: dict[str, Spent]

    async def start(self) -> None:
        """Be ready for calls."""
        ...

    def stop(self) -> None:
        """End every process."""
        ...

    async def renew(self, environment: Mapping[str, str] | None = None) -> None:
        """Let later calls meet the code, and the variables, as they are now."""
        ...

    async def invoke(self, function: Function, event: Any) -> Outcome:
        """Run a function on an event, and remember how it went."""
        ...

    @property
    def pids(self) -> list[int]:
        """The processes, to look at or to kill."""
        ...


def begun(function: Function) -> Invocation:
    """Note that a function is called."""
    return Invocation(function.name, str(uuid.uuid4()), time.time())


def remember(invocations: deque[Invocation], invocation: Invocation, outcome: Outcome) -> None:
    """Note how it went."""
    invocation.took = time.time() - invocation.at
    invocation.outcome = outcome.error or "ok"
    invocation.log = f"{outcome.log}{outcome.message}\n" if outcome.error else outcome.log
    invocations.append(invocation)


def timed_out(limit: float) -> Outcome:
    """Say what Lambda says of a function that takes too long."""
    return Outcome(error="Timeout", message=f"Task timed out after {limit:.2f} seconds")


def too_large() -> Outcome:
    """Say what Lambda says of an answer that it does not pass on."""
    return Outcome(error="Function.ResponseSizeTooLarge", message=f"the answer has more than {LARGEST_ANSWER} bytes")


def ended() -> Outcome:
    """Say what Lambda says of a process that ended during a call."""
    return Outcome(error="Runtime.ExitError", message="the environment ended during the call")
