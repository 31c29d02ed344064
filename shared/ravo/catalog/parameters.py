"""Query parameters and headers that several endpoints read the same way."""

from typing import Annotated

from fastapi import Depends, Header, Query
from pydantic import BeforeValidator, StringConstraints

MOST_VALUES = 30
MOST_LOCALES = 10

type _Word = Annotated[str, StringConstraints(max_length=100)]


def _split(values: object) -> object:
    """Take `?sizes=S,M` and `?sizes=S&sizes=M` alike, in an order that does not depend on the caller's."""
    if not isinstance(values, list | tuple):
        return values
    words = {word.strip() for value in values for word in str(value).split(",") if word.strip()}
    return sorted(words)


type Words = Annotated[tuple[_Word, ...], Query(max_length=MOST_VALUES), BeforeValidator(_split)]


async def _preferred(accept_language: Annotated[str, Header(max_length=500)] = "en") -> tuple[str, ...]:
    weighted: list[tuple[float, str]] = []
    for entry in accept_language.split(",")[:MOST_LOCALES]:
        tag, _, quality = entry.strip().partition(";q=")
        try:
            weighted.append((-float(quality or 1), tag.strip()))
        except ValueError:
            continue
    tags = [tag for _, tag in sorted(weighted, key=lambda pair: pair[0]) if tag and tag != "*"]
    return tuple(dict.fromkeys(wanted for tag in tags for wanted in (tag, tag.partition("-")[0])))


# The caller's languages by preference (RFC 9110, 12.5.4), each region's language after it.
type Locales = Annotated[tuple[str, ...], Depends(_preferred)]
