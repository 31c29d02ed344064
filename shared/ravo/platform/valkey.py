"""The connection to Valkey, and the circuit that keeps a dead one from slowing every request."""

import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from ravo.platform.observability import count, logger
from ravo.platform.settings import settings

if TYPE_CHECKING:
    from redis import Redis
    from redis.client import Pipeline

OPEN_FOR_SECONDS = 2.0

_closed_until = 0.0


class ValkeyUnavailable(Exception):
    """Valkey does not answer, or did not a moment ago."""


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


def forget_connection() -> None:
    """Start anew: another client on next use, and the circuit closed."""
    global _closed_until  # noqa: PLW0603
    client.cache_clear()
    _closed_until = 0.0
