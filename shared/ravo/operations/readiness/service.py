"""Checks of the parts that requests depend on."""

from collections.abc import Callable

from ravo.operations.readiness import queries
from ravo.operations.readiness.schemas import Readiness
from ravo.platform import valkey
from ravo.platform.aws import calls
from ravo.platform.database import reading
from ravo.platform.errors import Detail, UpstreamUnavailable
from ravo.platform.observability import logger
from ravo.platform.settings import settings


def check() -> Readiness:
    """Check every part. Refuses with `UpstreamUnavailable`, naming those that don't answer."""
    parts: dict[str, Callable[[], object]] = {"database": _database, "cache": _cache, "events": _events}
    failed = [name for name, ask in parts.items() if not _answers(name, ask)]
    if failed:
        raise UpstreamUnavailable(
            "Not ready.", details=[Detail(name, "does not answer") for name in failed], retry_after=2
        )
    return Readiness()


def _answers(name: str, ask: Callable[[], object]) -> bool:
    try:
        ask()
    except Exception as error:  # whatever is wrong with a part, it is not ready
        logger().warning("not ready", part=name, error=type(error).__name__)
        return False
    return True


def _database() -> object:
    with reading() as session:
        return queries.revision(session)


def _cache() -> object:
    return valkey.execute("PING")


def _events() -> object:
    return calls.call(calls.EVENTS, "DescribeEventBus", {"Name": settings().event_bus})
