"""Cached answers in Valkey: one rebuild per key under stampede, the old answer meanwhile, dropped together by event."""

import hashlib
import struct
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any, cast

from dogpile import Lock, NeedRegenerationException

from ravo.platform import valkey
from ravo.platform.observability import logger


class Group(StrEnum):
    """What is dropped together; the value begins the keys."""

    PRODUCTS = "cms:products"
    CATEGORIES = "cms:categories"


LIFE_SECONDS: dict[Group, int] = {Group.PRODUCTS: 900, Group.CATEGORIES: 21_600}

# An expired answer stays this much longer, so that one caller rebuilds it while the others still get it.
STALE_SECONDS = 300
REBUILD_SECONDS = 10
# Not 0, which dogpile takes for «there is no answer».
_LONG_AGO = 1.0
_CREATED = struct.Struct(">d")


def key_of(*parts: object) -> str:
    """Make a short key of whatever an answer depends on."""
    return hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).hexdigest()


def cached(group: Group, key: str, build: Callable[[], bytes]) -> bytes:
    """Return the cached answer, or build and keep it. With Valkey down it is built each time."""
    name = f"{group}:{key}"
    try:
        found = valkey.ask(lambda client: client.mget(name, _dropped(group)))
    except valkey.ValkeyUnavailable:
        return build()
    fresh = _value(found)
    if fresh is not None and fresh[1] > time.time() - LIFE_SECONDS[group]:
        return fresh[0]
    return _rebuild(group, name, build)


def drop(group: Group) -> None:
    """Make every answer of the group stale: the next caller rebuilds it. Raises `ValkeyUnavailable`, so that a job tries again."""
    valkey.ask(lambda client: client.set(_dropped(group), repr(time.time())))
    logger().info("cache dropped", group=group.value)


class _Mutex:
    """A lock of Redis in the shape that dogpile calls: whether to wait comes first."""

    def __init__(self, lock: Any) -> None:
        self._lock = lock

    def acquire(self, wait: bool = True) -> bool:
        return bool(self._lock.acquire(blocking=wait))

    def release(self) -> None:
        self._lock.release()


def _rebuild(group: Group, name: str, build: Callable[[], bytes]) -> bytes:
    """Let one caller build while the others wait, or take the stale answer where there is one; the waiting is dogpile's."""
    built: bytes | None = None

    def create() -> tuple[bytes, float]:
        nonlocal built
        # The answer is as old as the moment before its first read, so that a change during the build makes it stale.
        created = time.time()
        built = build()
        life = LIFE_SECONDS[group] + STALE_SECONDS
        valkey.ask(lambda client: client.set(name, _CREATED.pack(created) + cast(bytes, built), ex=life))
        return built, created

    def look() -> tuple[bytes, float]:
        found = _value(valkey.ask(lambda client: client.mget(name, _dropped(group))))
        if found is None:
            raise NeedRegenerationException
        return found

    try:
        mutex = valkey.ask(
            lambda client: client.lock(
                f"{name}:lock", timeout=REBUILD_SECONDS, blocking_timeout=REBUILD_SECONDS, sleep=0.01
            )
        )
        with Lock(_Mutex(mutex), create, look, LIFE_SECONDS[group]) as answer:
            return cast(bytes, answer)
    except (valkey.ValkeyUnavailable, *valkey.failures()):
        return built if built is not None else build()


def _value(found: object) -> tuple[bytes, float] | None:
    """Read an answer and when it was made; one made before the last drop counts as made long ago."""
    entry, dropped = cast("tuple[bytes | None, bytes | None]", found)
    if entry is None:
        return None
    created = cast(float, _CREATED.unpack_from(entry)[0])
    return entry[_CREATED.size :], _LONG_AGO if dropped and created <= float(dropped) else created


def _dropped(group: Group) -> str:
    return f"{group}:dropped"
