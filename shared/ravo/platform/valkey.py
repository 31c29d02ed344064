"""Valkey: what is counted, cached and remembered for a while. Callers go on without it while it is down."""

import hashlib
import time
from collections.abc import Sequence
from functools import cache

from hiredis import ReplyError

from ravo.platform.observability import count, logger
from ravo.platform.settings import settings
from ravo.platform.valkey_connection import Command, Connection, Reply

# After a failure nobody waits for Valkey again until so much later.
CIRCUIT_OPEN_SECONDS = 2.0

_circuit_open_until = 0.0

# The keys and the arguments of one call of a script.
type Call = tuple[Sequence[str], Sequence[int]]


class ValkeyUnavailable(Exception):
    """Valkey does not answer, or did not a moment ago."""


class Script:
    """A script in Lua, which Valkey knows by its hash once it has seen it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.hash = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def execute(*command: str | bytes | int | float) -> Reply:
    """Run a command and return its reply. Raises `ValkeyUnavailable`, at once while the circuit is open."""
    return pipeline(command)[0]


def pipeline(*commands: Command) -> list[Reply]:
    """Send several commands in one round trip and return their replies. Raises as `execute` does.

    They are not one transaction: a cluster allows that only for keys in one slot, and it costs as much again.
    """
    return _accepted(_sent(commands))


def run_script(script: Script, calls: Sequence[Call]) -> list[Reply]:
    """Run a script once for each call, in one round trip. Raises as `execute` does.

    The keys of one call must lie in one slot of a cluster; those of different calls need not.
    """
    commands = [("EVALSHA", script.hash, len(keys), *keys, *arguments) for keys, arguments in calls]
    replies = _sent(commands)
    if any(isinstance(reply, ReplyError) and str(reply).startswith("NOSCRIPT") for reply in replies):
        # It did none of the calls, since it looks the script up before each.
        return pipeline(("SCRIPT", "LOAD", script.text), *commands)[1:]
    return _accepted(replies)


def forget_connection() -> None:
    """Use a new connection from now on, with the circuit closed; for tests and after a change of settings."""
    global _circuit_open_until  # noqa: PLW0603  (kept for the life of the environment)
    if _connection.cache_info().currsize:
        _connection().close()
    _connection.cache_clear()
    _circuit_open_until = 0.0


def _sent(commands: Sequence[Command]) -> list[Reply]:
    if time.monotonic() < _circuit_open_until:
        raise ValkeyUnavailable("not asked again yet")
    try:
        return _connection().execute(commands)
    except OSError as error:
        raise _unavailable(error) from error


def _accepted(replies: list[Reply]) -> list[Reply]:
    """Return the replies; a refusal, as while Valkey loads or has no memory left, counts as no reply."""
    for reply in replies:
        if isinstance(reply, ReplyError):
            raise _unavailable(reply) from reply
    return replies


@cache
def _connection() -> Connection:
    url = settings().valkey_url
    if not url:
        raise ValkeyUnavailable("VALKEY_URL is not set")
    return Connection(url)


def _unavailable(error: Exception) -> ValkeyUnavailable:
    """Open the circuit."""
    global _circuit_open_until  # noqa: PLW0603  (kept for the life of the environment)
    _circuit_open_until = time.monotonic() + CIRCUIT_OPEN_SECONDS
    logger().warning("Valkey does not answer", error=type(error).__name__)
    count("ValkeyUnavailable")
    return ValkeyUnavailable(str(error))
