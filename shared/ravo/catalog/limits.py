"""Limits of looking for things by words."""

from collections.abc import Sequence
from urllib.parse import parse_qs

from ravo.platform import limits
from ravo.platform.http.limits import CountedRequest
from ravo.platform.limits import Counter


def searches(request: CountedRequest) -> Sequence[Counter]:
    """Count a request for a list that is searched; to browse is not to search."""
    words = parse_qs(request.event.get("rawQueryString") or "").get("search")
    return [Counter(limits.searches("search"), request.caller)] if words else []


def suggestions(request: CountedRequest) -> Sequence[Counter]:
    """Count a request for suggestions, which come as someone types."""
    return [Counter(limits.searches("suggestions"), request.caller)]
