"""Limits of looking for things by words."""

from collections.abc import Sequence
from urllib.parse import parse_qs

from ravo.platform import limits
from ravo.platform.http.admission import Asking
from ravo.platform.limits import Claim


def searches(asking: Asking) -> Sequence[Claim]:
    """Count a request for a list that is searched; to browse is not to search."""
    words = parse_qs(asking.event.get("rawQueryString") or "").get("search")
    return [Claim(limits.searches("search"), asking.caller)] if words else []


def suggestions(asking: Asking) -> Sequence[Claim]:
    """Count a request for suggestions, which come as someone types."""
    return [Claim(limits.searches("suggestions"), asking.caller)]
