"""Query parameters, headers and limits of what shoppers read."""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, Header
from pydantic import BeforeValidator, Field, StringConstraints

from ravo.platform import limits
from ravo.platform.http.limits import CountedRequest
from ravo.platform.limits import Counter
from ravo.platform.settings import settings

MOST_VALUES = 30
MOST_ENTRIES = 10
MOST_LOCALES = 3

type _Word = Annotated[str, StringConstraints(max_length=100)]


def _split(values: object) -> object:
    """Read `?sizes=S,M` and `?sizes=S&sizes=M` alike, in an order that does not depend on the caller's."""
    if not isinstance(values, list | tuple):
        return values
    words = {word.strip() for value in values for word in str(value).split(",") if word.strip()}
    return sorted(words)


# Not a `type`: only through a plain alias does FastAPI see that a parameter may come several times.
Choices = Annotated[tuple[_Word, ...], Field(max_length=MOST_VALUES), BeforeValidator(_split)]


async def _preferred(accept_language: Annotated[str, Header(max_length=500)] = "en") -> tuple[str, ...]:
    weighted: list[tuple[float, str]] = []
    for entry in accept_language.split(",")[:MOST_ENTRIES]:
        tag, _, quality = entry.strip().partition(";q=")
        try:
            weighted.append((-float(quality or 1), tag.strip().lower()))
        except ValueError:
            continue
    tags = [tag for _, tag in sorted(weighted, key=lambda pair: pair[0])]
    # Each region is followed by its language.
    wanted = dict.fromkeys(spoken for tag in tags for spoken in (tag, tag.partition("-")[0]))
    known = {locale.lower(): locale for locale in settings().locales.split(",")}
    preferred = [known[tag] for tag in wanted if tag in known]
    return tuple(preferred[: preferred.index("en") if "en" in preferred else None][:MOST_LOCALES])


# The shop's languages that the caller prefers to English, in order (RFC 9110, 12.5.4). Everything exists in English, so
# languages after it change nothing. Answers are cached by this list, since different headers often mean the same.
type Locales = Annotated[tuple[str, ...], Depends(_preferred)]


def searches(request: CountedRequest) -> Sequence[Counter]:
    """Count a request for a list, if it is a search; browsing is not counted."""
    words = parse_qs(request.event.get("rawQueryString") or "").get("search")
    return [Counter(limits.searches("search"), request.caller)] if words else []


def suggestions(request: CountedRequest) -> Sequence[Counter]:
    """Count a request for suggestions, which come as someone types."""
    return [Counter(limits.searches("suggestions"), request.caller)]
