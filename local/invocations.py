"""The results of invocations and the latest of them: what all kinds of execution environments have in common."""

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
    """The result of an invocation: what the function returned, with `body` apart as bytes, or the kind of its error."""

    result: Any = None
    body: bytes | None = None
    error: str | None = None
    message: str = ""
    log: str = ""
    # Seconds, if the environment reports them.
    processor: float = 0.0

    @property
    def whole(self) -> Any:
        """What the function returned, with its body in place."""
        return self.result if self.body is None else self.result | {"body": self.body.decode()}


@dataclass(slots=True)
class Invocation:
    """An invocation, for people who look at the system."""

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
        """Let later calls use the code and the variables as they are now."""
        ...

    async def invoke(self, function: Function, event: Any) -> Outcome:
        """Run a function on an event, and remember the result."""
        ...

    @property
    def pids(self) -> list[int]:
        """The processes, to inspect or to kill."""
        ...


def begun(function: Function) -> Invocation:
    """Record that a function is called."""
    return Invocation(function.name, str(uuid.uuid4()), time.time())


def remember(invocations: deque[Invocation], invocation: Invocation, outcome: Outcome) -> None:
    """Record the result."""
    invocation.took = time.time() - invocation.at
    invocation.outcome = outcome.error or "ok"
    invocation.log = f"{outcome.log}{outcome.message}\n" if outcome.error else outcome.log
    invocations.append(invocation)


def timed_out(limit: float) -> Outcome:
    """Return what Lambda reports for a function that takes too long."""
    return Outcome(error="Timeout", message=f"Task timed out after {limit:.2f} seconds")


def too_large() -> Outcome:
    """Return what Lambda reports for an answer that it does not pass on."""
    return Outcome(error="Function.ResponseSizeTooLarge", message=f"the answer has more than {LARGEST_ANSWER} bytes")


def ended() -> Outcome:
    """Return what Lambda reports for a process that ended during a call."""
    return Outcome(error="Runtime.ExitError", message="the environment ended during the call")
