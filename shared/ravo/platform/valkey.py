"""The connection to Valkey, and the circuit that keeps a dead one from slowing every request."""

import hashlib
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from ravo.platform.observability import count, logger
from ravo.platform.settings import settings

if TYPE_CHECKING:
    from redis import Redis
    from redis.client import Pipeline

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


@cache
def client() -> "Redis":
    """Return the one client of this environment; connects on first command, and gives up on a silent server after a quarter second."""
    import redis

    url = settings().valkey_url
    if not url:
        raise ValkeyUnavailable("VALKEY_URL is not set")
    return redis.Redis.from_url(url, socket_timeout=0.25, socket_connect_timeout=0.25)


def ask[T](command: "Callable[[Redis], T]") -> T:
    """Run a command, or raise `ValkeyUnavailable` at once while a failure is less than two seconds old."""
    global _closed_until  # noqa: PLW0603  (the state of the circuit, kept for the life of the environment)
    import redis

    if time.monotonic() < _closed_until:
        raise ValkeyUnavailable("not asked again yet")
    try:
        return command(client())
    except redis.RedisError as error:
        _closed_until = time.monotonic() + OPEN_FOR_SECONDS
        logger().warning("Valkey does not answer", error=type(error).__name__)
        count("ValkeyUnavailable")
        raise ValkeyUnavailable(str(error)) from error


def together(commands: "Callable[[Pipeline], object]") -> list[Any]:
    """Send several commands in one round trip, done one after the other; returns their answers.

    Not as one, which a cluster does only for keys that lie in the same place, and which costs as much as the commands.
    """

    def run(client: "Redis") -> list[Any]:
        pipe = client.pipeline(transaction=False)
        commands(pipe)
        return pipe.execute()

    return ask(run)


def run(script: Script, calls: Sequence[Call]) -> list[Any]:
    """Run a script once for each call, all in one round trip; returns their answers.

    The keys of one call must lie in one place of a cluster; those of different calls need not.
    """
    from redis.exceptions import NoScriptError

    def send(client: "Redis") -> list[Any]:
        if len(calls) == 1:
            ((keys, arguments),) = calls
            return [client.evalsha(script.hash, len(keys), *keys, *arguments)]
        pipe = client.pipeline(transaction=False)
        for keys, arguments in calls:
            pipe.evalsha(script.hash, len(keys), *keys, *arguments)
        return pipe.execute()

    def send_or_tell(client: "Redis") -> list[Any]:
        try:
            return send(client)
        except NoScriptError:
            client.script_load(script.text)
            return send(client)

    return ask(send_or_tell)


def forget_connection() -> None:
    """Start anew: another client on next use, and the circuit closed."""
    global _closed_until  # noqa: PLW0603
    client.cache_clear()
    _closed_until = 0.0
