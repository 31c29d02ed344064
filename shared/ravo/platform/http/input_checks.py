"""What no endpoint can want, refused before anything parses it: NUL bytes, large or deep bodies, other media types."""

import re

from fastapi import Request
from starlette.types import Scope

from ravo.platform.errors import Detail, Invalid, PayloadTooLarge, UnsupportedMediaType

BODY_LIMIT = 1024 * 1024
DEEPEST_JSON = 32
MOST_QUERY_PARAMETERS = 100
# An escaped NUL in JSON text: \u0000 after an even number of backslashes.
_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
# A string is one token, so that brackets in it don't count. One that never ends goes to the end of the text: one pass.
_STRUCTURE = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{\]}]', re.DOTALL)


def check_address(scope: Scope) -> None:
    """Raise `Invalid` for a NUL byte in path or query, or for hundreds of parameters."""
    query = scope["query_string"]
    if "\x00" in scope["path"] or b"%00" in query:
        raise Invalid(details=[Detail("query", "must not hold a NUL byte")])
    if query.count(b"&") >= MOST_QUERY_PARAMETERS:
        raise Invalid(details=[Detail("query", f"must not have more than {MOST_QUERY_PARAMETERS} parameters")])


async def check_body(request: Request) -> None:
    """Raise `PayloadTooLarge`, `UnsupportedMediaType` or `Invalid` for a body that no endpoint takes."""
    body = await request.body()
    if not body:
        return
    if len(body) > BODY_LIMIT:
        raise PayloadTooLarge
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType
    if b"\x00" in body or _ESCAPED_NUL.search(body):
        raise Invalid(details=[Detail("body", "must not hold a NUL byte")])
    if is_deep(body):
        raise Invalid(details=[Detail("body", f"must not be nested deeper than {DEEPEST_JSON} levels")])


def is_deep(body: bytes) -> bool:
    """Whether JSON is nested deeper than anything that we read; most bodies have too few brackets to be."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST_JSON:
        return False
    depth = 0
    for token in _STRUCTURE.finditer(body):
        kind = body[token.start()]
        if kind in b"[{":
            depth += 1
            if depth > DEEPEST_JSON:
                return True
        elif kind in b"]}":
            depth -= 1
    return False
