"""Cached answers in Valkey: one rebuild per key under stampede, the old answer meanwhile, dropped together by event."""

import hashlib
import secrets
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import NamedTuple, cast

from ravo.platform import valkey
from ravo.platform.observability import logger


class Group(StrEnum):
    """What is dropped together; the value begins the keys."""

    PRODUCTS = "cms:products"
    CATEGORIES = "cms:categories"


LIFE_SECONDS: dict[Group, int] = {Group.PRODUCTS: 900, Group.CATEGORIES: 21_600}

# An expired answer stays this much longer, so that one caller rebuilds it while the others still get it.
STALE_SECONDS = 300
# A builder that died holds its lock for so long, and so long the others wait for it.
REBUILD_SECONDS = 10.0
LOOK_AGAIN_SECONDS = 0.01
_CREATED = struct.Struct(">d")

# On a miss, look and lock in one script: usually no other caller is building the answer. The last holder of the lock
# stored its answer before it let go, so there is no need to look again.
_LOOK_OR_LOCK = """
local entry = redis.call('get', KEYS[1])
if entry then
    return {entry, 0}
end
return {false, redis.call('set', KEYS[2], ARGV[1], 'nx', 'px', ARGV[2]) and 1 or 0}
"""

# A builder that took longer than the lock lasts must not release the next builder's.
_UNLOCK = "if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end"


class _Kept(NamedTuple):
    answer: bytes
    is_fresh: bool


def key_of(*parts: object) -> str:
    """Make a short key of whatever an answer depends on."""
    return hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).hexdigest()


def cached(group: Group, key: str, build: Callable[[], bytes]) -> bytes:
    """Return the cached answer, or build and keep it. With Valkey down it is built each time."""
    name = f"{group}:{key}"
    token = secrets.token_bytes(8)
    try:
        looked = valkey.pipeline(
            ("EVAL", _LOOK_OR_LOCK, 2, name, _lock(name), token, _lock_milliseconds()),
            ("GET", _dropped(group)),
        )
        (entry, took), dropped = cast("tuple[tuple[bytes | None, int], bytes | None]", looked)
        kept = _kept(group, entry, dropped)
        if kept and kept.is_fresh:
            return kept.answer
        if not took:
            kept = _answer_or_lock(group, name, token)
    except valkey.ValkeyUnavailable:
        return build()
    return kept.answer if kept else _build(group, name, token, build)


def drop(group: Group) -> None:
    """Make every answer of the group stale: the next caller rebuilds it.

    Raises `ValkeyUnavailable`: a job tries again.
    """
    valkey.execute("SET", _dropped(group), time.time())
    logger().info("cache dropped", group=group.value)


def _answer_or_lock(group: Group, name: str, token: bytes) -> _Kept | None:
    """Return what another caller built or is rebuilding, or None when it is ours to build.

    Who takes the lock looks again in the same breath: the last holder stored its answer before it let go.
    """
    deadline = time.monotonic() + REBUILD_SECONDS
    while True:
        looked = valkey.pipeline(
            ("SET", _lock(name), token, "NX", "PX", _lock_milliseconds()),
            ("GET", name),
            ("GET", _dropped(group)),
        )
        took, entry, dropped = cast("tuple[bytes | None, bytes | None, bytes | None]", looked)
        kept = _kept(group, entry, dropped)
        if kept and kept.is_fresh:
            if took:
                _unlock(name, token)
            return kept
        if took:
            return None
        if kept:
            return kept
        if time.monotonic() > deadline:
            return None
        time.sleep(LOOK_AGAIN_SECONDS)


def _build(group: Group, name: str, token: bytes, build: Callable[[], bytes]) -> bytes:
    # The answer is as old as the moment before its first read, so that a change during the build makes it stale.
    created = time.time()
    try:
        answer = build()
    except BaseException:
        _unlock(name, token)
        raise
    life = LIFE_SECONDS[group] + STALE_SECONDS
    with suppress(valkey.ValkeyUnavailable):
        valkey.pipeline(
            ("SET", name, _CREATED.pack(created) + answer, "EX", life),
            ("EVAL", _UNLOCK, 1, _lock(name), token),
        )
    return answer


def _unlock(name: str, token: bytes) -> None:
    with suppress(valkey.ValkeyUnavailable):
        valkey.execute("EVAL", _UNLOCK, 1, _lock(name), token)


def _kept(group: Group, entry: bytes | None, dropped: bytes | None) -> _Kept | None:
    """Read an answer; it is fresh while it is young enough, and made after the group was dropped last."""
    if entry is None:
        return None
    created = cast(float, _CREATED.unpack_from(entry)[0])
    is_fresh = created > time.time() - LIFE_SECONDS[group] and not (dropped and created <= float(dropped))
    return _Kept(entry[_CREATED.size :], is_fresh)


def _lock(name: str) -> str:
    # The braces have a cluster keep it where the answer is, so that one script may have both.
    return f"{{{name}}}:lock"


def _lock_milliseconds() -> int:
    return int(REBUILD_SECONDS * 1000)


def _dropped(group: Group) -> str:
    return f"{group}:dropped"
