"""Rate limits: sliding windows in Valkey; open when it is down, but for the doors that guessing would go through."""

import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, cast

from ravo.platform import valkey
from ravo.platform.errors import RateLimited
from ravo.platform.observability import count
from ravo.platform.settings import settings

if TYPE_CHECKING:
    from limits.strategies import RateLimiter
    from redis import Redis
    from redis.commands.core import Script

WINDOW_SECONDS = 60

# The sliding window counter of `limits`, which stands in while Valkey is down, but told in one round trip what is left:
# requests of the window before count by the share of it that the last minute still covers. A counter lives for two
# windows; in its second it is the one before.
_SLIDING_WINDOW = """
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local ends = redis.call('pttl', KEYS[1])
if ends > 0 and ends < window then
    redis.call('rename', KEYS[1], KEYS[2])
    redis.call('set', KEYS[1], 0, 'px', ends + window)
end
local before = tonumber(redis.call('get', KEYS[2]) or 0)
local before_ends = math.max(redis.call('pttl', KEYS[2]), 0)
local now = tonumber(redis.call('get', KEYS[1]) or 0)
local allowed = 0
if math.floor(before * before_ends / window) + now < limit then
    allowed = 1
    now = redis.call('incr', KEYS[1])
    if redis.call('pttl', KEYS[1]) < 0 then
        redis.call('pexpire', KEYS[1], window * 2)
    end
end
return {allowed, before, before_ends, now, math.max(redis.call('pttl', KEYS[1]), 0)}
"""


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
    try:
        allowed, window = valkey.ask(lambda client: _take_shared(client, limit, who))
    except valkey.ValkeyUnavailable:
        count("RateLimitBlind", limit=limit.name)
        if not limit.closed_when_blind:
            return Allowance(limit.per_minute, limit.per_minute, WINDOW_SECONDS)
        allowed, window = _take_own(limit, who)
    if not allowed:
        count("RateLimited", limit=limit.name)
        raise RateLimited(retry_after=window.reset)
    return window


def forget_storages() -> None:
    """Make storages anew on next use; after a change of settings."""
    _script.cache_clear()
    _own.cache_clear()


def _take_shared(client: "Redis", limit: Limit, who: str) -> tuple[bool, Allowance]:
    key = f"limits:{{{limit.name}:{who}}}"
    answer = _script()(
        keys=[f"{key}:now", f"{key}:before"], args=[limit.per_minute, WINDOW_SECONDS * 1000], client=client
    )
    allowed, before, before_ends, now, now_ends = cast("tuple[int, int, int, int, int]", answer)
    window = WINDOW_SECONDS * 1000
    used = before * before_ends // window + now
    # The next request fits when one of the window before has slid out, or else when this window ends.
    waits = [before_ends % (window / before)] if before else []
    waits += [now_ends % window] if now else []
    reset = max(1, round(min(waits) / 1000))
    return bool(allowed), Allowance(limit.per_minute, max(0, limit.per_minute - used), reset)


def _take_own(limit: Limit, who: str) -> tuple[bool, Allowance]:
    from limits import RateLimitItemPerMinute

    item = RateLimitItemPerMinute(limit.per_minute)
    allowed = _own().hit(item, limit.name, who)
    window = _own().get_window_stats(item, limit.name, who)
    reset = max(1, round(window.reset_time - time.time()))
    return allowed, Allowance(limit.per_minute, window.remaining, reset)


@cache
def _script() -> "Script":
    return valkey.client().register_script(_SLIDING_WINDOW)


@cache
def _own() -> "RateLimiter":
    from limits.storage import MemoryStorage
    from limits.strategies import SlidingWindowCounterRateLimiter

    return SlidingWindowCounterRateLimiter(MemoryStorage())
