"""The front door's proof: where there is a front door, an API answers only requests that came through it."""

import hmac
import time
from ipaddress import ip_address, ip_network
from typing import Any, cast

from ravo.platform.errors import Forbidden, UpstreamUnavailable
from ravo.platform.observability import count, logger
from ravo.platform.origin import HEADER
from ravo.platform.secrets import SecretMissing, origin_secrets

# How long the values last seen do where they can't be fetched, before they are asked for again.
ASKED_AGAIN_AFTER_SECONDS = 30.0
# Providers give a household or a phone this much of IPv6, to change within at will.
IPV6_CALLER_BITS = 64

_last_seen: tuple[str, ...] | None = None
_not_asked_until = 0.0


def check(event: dict[str, Any]) -> None:
    """Let a request pass that came through the front door, and any if there is none.

    Raises `Forbidden`, or `UpstreamUnavailable` while nobody can tell.
    """
    accepted = _accepted()
    if accepted and not _shows(event, accepted):
        count("FrontDoorPassedBy")
        raise Forbidden("Come in by the front door.")


def viewer_address(event: dict[str, Any]) -> str | None:
    """Return the address that CloudFront saw, where the request proves that CloudFront says so; else None."""
    accepted = _accepted()
    if not accepted or not _shows(event, accepted):
        return None
    # An address and a port, with a colon between them also where the address has colons itself.
    return _headers(event).get("cloudfront-viewer-address", "").rpartition(":")[0].strip("[]") or None


def caller_of(address: str) -> str:
    """Return what a network address counts as: itself, or of an IPv6 address the /64, which is one caller's."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, IPV6_CALLER_BITS), strict=False))


def forget() -> None:
    """Know no values any more; for tests and after a change of settings."""
    global _last_seen, _not_asked_until
    _last_seen, _not_asked_until = None, 0.0


def _accepted() -> tuple[str, ...]:
    """Return what proves a request.

    If it can't be fetched the last known value holds: Secrets Manager closes no shop.
    """
    global _last_seen, _not_asked_until  # noqa: PLW0603  (kept for the life of the environment)
    if _last_seen is not None and time.monotonic() < _not_asked_until:
        return _last_seen
    try:
        _last_seen = origin_secrets()
    except SecretMissing as error:
        logger().warning("the front door's secret can't be fetched", known=_last_seen is not None)
        if _last_seen is None:
            raise UpstreamUnavailable(retry_after=2) from error
        _not_asked_until = time.monotonic() + ASKED_AGAIN_AFTER_SECONDS
    return _last_seen


def _shows(event: dict[str, Any], accepted: tuple[str, ...]) -> bool:
    """Compare with each value, in a time that tells nothing of any."""
    shown = _headers(event).get(HEADER, "").encode()
    return any(hmac.compare_digest(shown, value.encode()) for value in accepted)


def _headers(event: dict[str, Any]) -> dict[str, str]:
    return cast("dict[str, str]", event.get("headers") or {})
