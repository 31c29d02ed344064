"""The envelope of every answer, written once, straight from pydantic's serialiser to bytes."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel
from pydantic_core import to_json

from ravo.platform.http import compression
from ravo.platform.http.context import request_id
from ravo.platform.paging import CursorPage, Page, Paging
from ravo.platform.schemas import Reply, UtcTime
from ravo.platform.time import now

# An answer that depends on who asks is kept by nobody; one that does not may be kept as long as our own cache would.
PRIVATE = "private, no-store"


def public(seconds: int) -> str:
    """The `Cache-Control` of an answer that is the same for everyone."""
    return f"public, max-age={seconds}, stale-while-revalidate=60"


class Meta(Reply):
    timestamp: UtcTime
    request_id: str


class Answer[T](Reply):
    """One thing, in its envelope."""

    success: bool = True
    data: T
    meta: Meta


class CursorListing[T](Reply):
    """One page of a list that is gone through by cursor, in its envelope."""

    success: bool = True
    data: list[T]
    pagination: CursorPage
    meta: Meta


class Listing[T](Reply):
    """One page of a list, in its envelope."""

    success: bool = True
    data: list[T]
    pagination: Page
    meta: Meta


async def _paging(
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> Paging:
    return Paging(page, limit)


type PageNumber = Annotated[Paging, Depends(_paging)]


# What goes out: a schema, or what it would be serialised to, as plain dicts or as JSON.
type Sent = BaseModel | Mapping[str, Any] | bytes


def fragment_of(data: Sent | Sequence[Sent], page: Page | CursorPage | None = None, **further: Sent) -> bytes:
    """Serialise what an answer says, without the part that differs from request to request."""
    parts = [b'"data":' + _json(data)]
    if page:
        parts.append(b'"pagination":' + _json(page))
    parts += [b'"' + name.encode() + b'":' + _json(model) for name, model in further.items()]
    return b",".join(parts)


def prepared(fragment: bytes, *, cache: str = PRIVATE, status: int = 200) -> Response:
    """Put a serialised fragment into its envelope, with an ETag that changes only when the fragment does."""
    headers = {"cache-control": cache}
    if status == 200:
        headers["etag"] = _etag(fragment)
    return Response(_enveloped(fragment), status, headers, media_type="application/json")


def packed(fragment: bytes) -> bytes:
    """Make a finished answer of a serialised fragment, for a cache to keep: its ETag, and its envelope in gzip.

    All who ask get the `meta` of the request that built it, as they do from CloudFront.
    """
    return _etag(fragment).encode() + b"\n" + compression.compress(_enveloped(fragment))


def shared_answer(kept: bytes, *, cache: str) -> Response:
    """Answer with what was `packed`; a caller that takes no compression gets it undone."""
    etag, _, body = kept.partition(b"\n")
    headers = {"cache-control": cache, "etag": etag.decode(), "content-encoding": "gzip"}
    return Response(body, 200, headers, media_type="application/json")


def answer(data: BaseModel | Sequence[BaseModel], *, cache: str = PRIVATE) -> Response:
    """Answer with one thing."""
    return prepared(fragment_of(data), cache=cache)


def listing(items: Sequence[BaseModel], page: Page | CursorPage, *, cache: str = PRIVATE) -> Response:
    """Answer with one page of things."""
    return prepared(fragment_of(items, page), cache=cache)


def created(data: BaseModel, *, location: str) -> Response:
    """Answer 201: `data` now stands at `location`."""
    response = prepared(fragment_of(data), status=201)
    response.headers["location"] = location
    return response


def accepted(data: BaseModel | Sequence[BaseModel], *, location: str) -> Response:
    """Answer 202: the work goes on, `location` tells how far it is."""
    response = prepared(fragment_of(data), status=202)
    response.headers["location"] = location
    return response


def no_content() -> Response:
    """Answer 204: done, nothing to say."""
    return Response(status_code=204, headers={"cache-control": PRIVATE})


def _enveloped(fragment: bytes) -> bytes:
    meta = to_json({"timestamp": now(), "requestId": request_id.get()})
    return b'{"success":true,%b,"meta":%b}' % (fragment, meta)


def _etag(fragment: bytes) -> str:
    return f'W/"{hashlib.blake2b(fragment, digest_size=12).hexdigest()}"'


def _json(data: Sent | Sequence[Sent]) -> bytes:
    if isinstance(data, bytes):
        return data
    for each in data if isinstance(data, Sequence) else (data,):
        # Deferred (ravo.platform.cold_start), and `to_json` does not build it by itself.
        if isinstance(each, BaseModel) and not each.__pydantic_complete__:
            type(each).model_rebuild()
    # pydantic's own serialiser: no intermediate dict, and models of a list need no common type.
    return to_json(data, by_alias=True)
