"""Valkey: what is asked of it, and the circuit that keeps a dead one from slowing every request."""

import hashlib
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from hiredis import ReplyError

from ravo.platform.observability import count, logger
from ravo.platform.settings import settings
from ravo.platform.valkey_connection import Asked, Command, Connection

OPEN_FOR_SECONDS = 2.0

_closed_until = 0.0


# The keys and the arguments of one call of a script.
type Call = tuple[Sequence[str], Sequence[int]]


class ValkeyUnavailable(Exception):
    """Valkey does not answer, or did not a moment ago."""


class Script:
    """A script in Lua, which Valkey knows by its hash once it has heard it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.hash = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def ask(*command: str | bytes | int | float) -> Any:
    """Run a command and return its answer, or raise `ValkeyUnavailable`, at once while a failure is less than two seconds old."""
    return together(command)[0]


def together(*commands: Command) -> list[Any]:
    """Send several commands in one round trip, done one after the other; returns their answers. Raises as `ask` does.

    Not as one, which a cluster does only for keys that lie in the same place, and which costs as much as the commands.
    """
    return _accepted(_answers_to(_sent(commands)))


def begin(script: Script, calls: Sequence[Call]) -> Callable[[], list[Any]]:
    """Have a script run once for each call, and go on meanwhile; returns what waits for the answers. Both raise as `ask` does.

    The keys of one call must lie in one place of a cluster; those of different calls need not.
    """
    commands = [("EVALSHA", script.hash, len(keys), *keys, *arguments) for keys, arguments in calls]
    asked = _sent(commands)

    def answers() -> list[Any]:
        found = _answers_to(asked)
        if not any(isinstance(answer, ReplyError) and str(answer).startswith("NOSCRIPT") for answer in found):
            return _accepted(found)
        # It did none of the calls then, since it looks the script up before each.
        return together(("SCRIPT", "LOAD", script.text), *commands)[1:]

    return answers


def tell(*commands: Command) -> None:
    """Send commands whose answers nobody waits for, unless to `settle`. Raises as `ask` does when they can't be sent."""
    _sent(commands)


def settle() -> None:
    """Wait until everything sent is done; before an environment may be frozen, perhaps with half of it still to be sent."""
    if _connection.cache_info().currsize:
        try:
            _connection().settle()
        except OSError as error:
            _unavailable(error)


def forget_connection() -> None:
    """Start anew: another connection on next use, and the circuit closed."""
    global _closed_until  # noqa: PLW0603  (the state of the circuit, which tests and new settings begin anew)
    if _connection.cache_info().currsize:
        _connection().close()
    _connection.cache_clear()
    _closed_until = 0.0


def _sent(commands: Sequence[Command]) -> Asked:
    if time.monotonic() < _closed_until:
        raise ValkeyUnavailable("not asked again yet")
    try:
        return _connection().send(commands)
    except OSError as error:
        raise _unavailable(error) from error


def _answers_to(asked: Asked) -> list[Any]:
    try:
        return asked.answers()
    except OSError as error:
        raise _unavailable(error) from error


def _accepted(answers: list[Any]) -> list[Any]:
    """What is refused, as while Valkey loads or has no room, is as good as not answered."""
    for answer in answers:
        if isinstance(answer, ReplyError):
            raise _unavailable(answer) from answer
    return answers


@cache
def _connection() -> Connection:
    url = settings().valkey_url
    if not url:
        raise ValkeyUnavailable("VALKEY_URL is not set")
    return Connection(url)


def _unavailable(error: Exception) -> ValkeyUnavailable:
    """Open the circuit."""
    global _closed_until  # noqa: PLW0603  (the state of the circuit, kept for the life of the environment)
    _closed_until = time.monotonic() + OPEN_FOR_SECONDS
    logger().warning("Valkey does not answer", error=type(error).__name__)
    count("ValkeyUnavailable")
    return ValkeyUnavailable(str(error))
