"""Rate limits: sliding windows in Valkey. While it is down they fail open; those on guessing fail closed."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, cast

from ravo.platform import revocations, valkey
from ravo.platform.errors import RateLimited
from ravo.platform.observability import count
from ravo.platform.settings import settings
from ravo.platform.tokens import Principal

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import RateLimiter

MINUTE, HOUR = 60, 3600


@dataclass(frozen=True)
class Limit:
    """So many requests in a window of seconds.

    With `fail_closed` it is counted in this process while Valkey is down.
    """

    name: str
    requests: int
    seconds: int = MINUTE
    fail_closed: bool = False


def per_address() -> Limit:
    """The limit of each network address that is not signed in."""
    return Limit("address", settings().rate_limit_per_address)


def per_user() -> Limit:
    """The limit of each signed-in user or key."""
    return Limit("user", settings().rate_limit_per_user)


def searches(name: str) -> Limit:
    """The limit of what is looked for by words, which costs more than to browse."""
    return Limit(name, settings().rate_limit_searches)


# What is tried at these doors are passwords, and mail addresses that have accounts.
SIGN_IN = Limit("sign-in", 10, fail_closed=True)
REGISTRATION = Limit("registration", 10, fail_closed=True)
RESET = Limit("reset", 5, fail_closed=True)
LINK = Limit("links", 10, fail_closed=True)
# The current password, asked for again of who is signed in.
PROOF = Limit("proofs", 5, fail_closed=True)
SECOND_FACTOR = Limit("second-factor", 10, fail_closed=True)
OAUTH = Limit("oauth", 30)
KEY_EXCHANGE = Limit("key-exchange", 30, fail_closed=True)
# Tries at one account from all devices that never signed in to it. A sliding counter lets through twice its figure in
# the worst hour, so these are 60, where OWASP's ASVS (2.2.1) allows 100.
ACCOUNT = Limit("account", 10, fail_closed=True)
ACCOUNT_BY_HOUR = Limit("account-hour", 30, HOUR, fail_closed=True)
# Tries from a device that signed in to the account before; 40 in the worst hour, so that the two make 100.
DEVICE = Limit("device", 10, fail_closed=True)
DEVICE_BY_HOUR = Limit("device-hour", 20, HOUR, fail_closed=True)
# Codes of promotions and gift cards, and the mail addresses that belong to order numbers.
CODE = Limit("codes", 20, fail_closed=True)
TRACKING = Limit("tracking", 20, fail_closed=True)
# A household pays a few times a minute at most; who tries stolen cards wants hundreds.
CHECKOUT = Limit("checkout", 60, fail_closed=True)


class Counter(NamedTuple):
    """What a request is counted against: a limit, and whose, like `address:203.0.113.7`."""

    limit: Limit
    who: str


@dataclass(frozen=True)
class Allowance:
    """What is left of a limit: requests, and seconds until one more fits."""

    limit: int
    remaining: int
    reset: int


class RateLimitResult(NamedTuple):
    """How a request stands: what is left of the limit that has the least left, and whether its session still holds."""

    allowance: Allowance
    refusal: RateLimited | None
    session_ended: bool


def hit(counters: Sequence[Counter], token: Principal | None = None) -> RateLimitResult:
    """Count a request against all its limits, and look whether its token's session has ended, in one round trip.

    What one caller is counted by is counted together or, when one of the limits is used up, not at all.
    """
    windows, session_ended = _windows(counters, token)
    for counter, window in zip(counters, windows, strict=True):
        if not window.allowed:
            count("RateLimited", limit=counter.limit.name)
            return RateLimitResult(window.allowance, RateLimited(retry_after=window.allowance.reset), session_ended)
    allowances = (window.allowance for window in windows)
    return RateLimitResult(min(allowances, key=lambda allowance: allowance.remaining), None, session_ended)


class _Window(NamedTuple):
    allowed: bool
    allowance: Allowance


def _windows(counters: Sequence[Counter], token: Principal | None) -> tuple[list[_Window], bool]:
    """Return what each counter's window says, and whether the token's session has ended."""
    calls = [_call(who, list(same), token) for who, same in groupby(counters, key=lambda counter: counter.who)]
    try:
        replies = cast("list[tuple[int, list[list[int]]]]", valkey.run_script(_SLIDING_WINDOWS, calls))
    except valkey.ValkeyUnavailable:
        count("RateLimitBlind")
        return [_without_valkey(counter) for counter in counters], False
    told = [each for _, windows in replies for each in windows]
    windows = [_window(counter.limit, *each) for counter, each in zip(counters, told, strict=True)]
    return windows, any(ended for ended, _ in replies)


def forget_storages() -> None:
    """Use new storages from now on; after a change of settings."""
    _own.cache_clear()


# A sliding window counter like that of the `limits` library, which is used while Valkey is down. This one counts
# several limits of one caller in one round trip. Requests of the window before count by the share of it that the last
# window still covers. A counter lives for two windows; in its second it is the one before. After the counters may come
# the two keys that say whether a token's session, or all of a user's tokens, have ended.
_SLIDING_WINDOWS = valkey.Script("""
local limits = tonumber(ARGV[1])
local fits, told = 1, {}
for i = 1, limits do
    local now_key, before_key = KEYS[2 * i - 1], KEYS[2 * i]
    local limit, window = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
    local ends = redis.call('pttl', now_key)
    if ends > 0 and ends < window then
        redis.call('rename', now_key, before_key)
        redis.call('set', now_key, 0, 'px', ends + window)
        ends = ends + window
    end
    local before = tonumber(redis.call('get', before_key) or 0)
    local before_ends = math.max(redis.call('pttl', before_key), 0)
    local now = tonumber(redis.call('get', now_key) or 0)
    local allowed = 0
    if math.floor(before * before_ends / window) + now < limit then allowed = 1 else fits = 0 end
    told[i] = {allowed, before, before_ends, now, math.max(ends, 0)}
end
if fits == 1 then
    for i = 1, limits do
        local window = tonumber(ARGV[2 * i + 1])
        told[i][4] = redis.call('incr', KEYS[2 * i - 1])
        if told[i][5] == 0 then
            redis.call('pexpire', KEYS[2 * i - 1], window * 2)
            told[i][5] = window * 2
        end
    end
end
local ended = 0
if #KEYS > 2 * limits then
    local stale = tonumber(redis.call('get', KEYS[2 * limits + 2]) or 0)
    if redis.call('exists', KEYS[2 * limits + 1]) == 1 or stale > tonumber(ARGV[2 * limits + 2]) then ended = 1 end
end
return {ended, told}
""")


def _call(who: str, counters: Sequence[Counter], token: Principal | None) -> valkey.Call:
    """Return the script's call for one caller. The braces keep its keys in one slot of a cluster, as a script needs."""
    keys = [f"limits:{{{who}}}:{counter.limit.name}:{part}" for counter in counters for part in ("now", "before")]
    arguments = [len(counters)]
    for counter in counters:
        arguments += [counter.limit.requests, counter.limit.seconds * 1000]
    if token and who == revocations.place_of(token.id):
        keys += revocations.keys_of(token.id, token.session_id)
        arguments.append(revocations.moment_of(token.issued_at))
    return keys, arguments


def _window(limit: Limit, allowed: int, before: int, before_ends: int, now: int, now_ends: int) -> _Window:
    window = limit.seconds * 1000
    used = before * before_ends // window + now
    # The next request fits when one of the window before has slid out, or else when this window ends.
    waits = [before_ends % (window / before)] if before else []
    waits += [(now_ends - 1) % window + 1] if now else []
    reset = max(1, round(min(waits) / 1000)) if waits else limit.seconds
    return _Window(bool(allowed), Allowance(limit.requests, max(0, limit.requests - used), reset))


def _without_valkey(counter: Counter) -> _Window:
    """Fail open, or for a limit that fails closed count in this process."""
    limit, who = counter
    if not limit.fail_closed:
        return _Window(True, Allowance(limit.requests, limit.requests, limit.seconds))
    allowed = _own().hit(_item(limit), limit.name, who)
    window = _own().get_window_stats(_item(limit), limit.name, who)
    reset = max(1, round(window.reset_time - time.time()))
    return _Window(allowed, Allowance(limit.requests, window.remaining, reset))


@cache
def _item(limit: Limit) -> "RateLimitItem":
    from limits import RateLimitItemPerSecond

    return RateLimitItemPerSecond(limit.requests, limit.seconds)


@cache
def _own() -> "RateLimiter":
    from limits.storage import MemoryStorage
    from limits.strategies import SlidingWindowCounterRateLimiter

    return SlidingWindowCounterRateLimiter(MemoryStorage())
