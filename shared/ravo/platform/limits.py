"""Rate limits: sliding windows in Valkey; open when it is down, but for the doors that guessing would go through."""

import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from ravo.platform import valkey
from ravo.platform.errors import RateLimited
from ravo.platform.observability import count
from ravo.platform.settings import settings

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import RateLimiter


@dataclass(frozen=True)
class Allowance:
    """What is left of a limit: requests, and seconds until the window is fresh."""

    limit: int
    remaining: int
    reset: int


@dataclass(frozen=True)
class Limit:
    """So many requests a minute under one name. With `closed_when_blind` a small limit in this process stands in while Valkey is down."""

    name: str
    per_minute: int
    closed_when_blind: bool = False


def per_address() -> Limit:
    """The limit of each network address that is not signed in."""
    return Limit("address", settings().rate_limit_per_address)


def per_user() -> Limit:
    """The limit of each signed-in user or key."""
    return Limit("user", settings().rate_limit_per_user)


def take(limit: Limit, who: str) -> Allowance:
    """Count one request against a limit; raises `RateLimited` with the seconds to wait when it is used up."""
    item = _item(limit.per_minute)
    try:
        return valkey.ask(lambda _: _take(_shared(), item, limit, who))
    except valkey.ValkeyUnavailable:
        count("RateLimitBlind", limit=limit.name)
    if limit.closed_when_blind:
        return _take(_own(), item, limit, who)
    return Allowance(limit.per_minute, limit.per_minute, 60)


def forget_storages() -> None:
    """Make storages anew on next use; after a change of settings."""
    _shared.cache_clear()
    _own.cache_clear()


def _take(limiter: "RateLimiter", item: "RateLimitItem", limit: Limit, who: str) -> Allowance:
    allowed = limiter.hit(item, limit.name, who)
    window = limiter.get_window_stats(item, limit.name, who)
    reset = max(1, round(window.reset_time - time.time()))
    if not allowed:
        count("RateLimited", limit=limit.name)
        raise RateLimited(retry_after=reset)
    return Allowance(limit.per_minute, window.remaining, reset)


@cache
def _item(per_minute: int) -> "RateLimitItem":
    from limits import RateLimitItemPerMinute

    return RateLimitItemPerMinute(per_minute)


@cache
def _shared() -> "RateLimiter":
    from limits.storage import RedisStorage
    from limits.strategies import SlidingWindowCounterRateLimiter

    return SlidingWindowCounterRateLimiter(
        RedisStorage("redis://", connection_pool=valkey.client().connection_pool, key_prefix="limits")
    )


@cache
def _own() -> "RateLimiter":
    from limits.storage import MemoryStorage
    from limits.strategies import SlidingWindowCounterRateLimiter

    return SlidingWindowCounterRateLimiter(MemoryStorage())
