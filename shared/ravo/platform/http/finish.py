"""The last touch to every answer: 304 for what the caller has, compression, security headers."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ravo.platform.http.compression import COMPRESS_FROM, compress, decompress
from ravo.platform.http.context import request_id

_SECURITY_HEADERS = {
    "strict-transport-security": "max-age=63072000; includeSubDomains; preload",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_SECURITY = [(name.encode(), value.encode()) for name, value in _SECURITY_HEADERS.items()]
# An answer of data needs nothing; a page that needs more says so itself.
CONTENT_POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"


class BrokenHeader(ValueError):
    """A header's value has a line break, with which it would be two headers."""


class Finish:
    """ASGI middleware; answers come whole, as Lambda gives them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and finish the answer."""
        start: Message = {}

        async def finish(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            body = _finished(Headers(scope=scope), start, message.get("body", b""))
            _add_headers(start)
            await send(start)
            await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, finish)


def _finished(request: Headers, start: Message, body: bytes) -> bytes:
    headers = MutableHeaders(scope=start)
    encoding = headers.get("content-encoding")
    comes_in_two = encoding == "gzip" or (encoding is None and len(body) >= COMPRESS_FROM)
    if comes_in_two:
        headers.add_vary_header("Accept-Encoding")
    if (etag := headers.get("etag")) and _has(request.get("if-none-match", ""), etag):
        start["status"] = 304
        del headers["content-length"], headers["content-type"], headers["content-encoding"]
        return b""
    if comes_in_two and (encoding is None) == ("gzip" in request.get("accept-encoding", "")):
        body = _other(headers, body)
        headers["content-length"] = str(len(body))
    return body


def _other(headers: MutableHeaders, body: bytes) -> bytes:
    """Return a plain body compressed, or a compressed one plain."""
    if "content-encoding" in headers:
        del headers["content-encoding"]
        return decompress(body)
    headers["content-encoding"] = "gzip"
    return compress(body)


def _has(if_none_match: str, etag: str) -> bool:
    """Compare weakly, as RFC 9110 (13.1.2) says for If-None-Match."""
    wanted = etag.removeprefix("W/")
    return if_none_match.strip() == "*" or any(
        tag.strip().removeprefix("W/") == wanted for tag in if_none_match.split(",")
    )


def _add_headers(start: Message) -> None:
    for name, value in start["headers"]:
        if b"\r" in value or b"\n" in value:
            raise BrokenHeader(name.decode("latin-1"))
    start["headers"].extend(_SECURITY)
    headers = MutableHeaders(scope=start)
    headers.setdefault("content-security-policy", CONTENT_POLICY)
    headers["x-request-id"] = request_id.get()
