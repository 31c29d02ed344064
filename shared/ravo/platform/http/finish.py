"""The last touch to every answer: 304 for what the caller has, compression, security headers."""

from isal import isal_zlib
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ravo.platform.http.current import refusing
from ravo.platform.http.envelope import request_id
from ravo.platform.http.refusals import render

COMPRESS_FROM = 1024
# Intel's library makes gzip of the same size in a third of the time that zlib takes, on ARM too: a page of products is
# compressed in less time than it takes to ask the cache for it. CloudFront may compress harder.
COMPRESS_LEVEL = 1
GZIP_WINDOW = 16 + isal_zlib.MAX_WBITS

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
    """A header's value has a line break, with which whoever chose it would write headers of its own."""


class Finish:
    """ASGI middleware; answers come whole, as Lambda gives them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless its refusal stands already, and finish the answer."""
        refusal = refusing.get()
        answers = render(refusal) if refusal else self.app
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

        await answers(scope, receive, finish)


def _finished(request: Headers, start: Message, body: bytes) -> bytes:
    headers = MutableHeaders(scope=start)
    if (etag := headers.get("etag")) and _has(request.get("if-none-match", ""), etag):
        start["status"] = 304
        del headers["content-length"], headers["content-type"]
        return b""
    if len(body) >= COMPRESS_FROM and "content-encoding" not in headers:
        headers.add_vary_header("Accept-Encoding")
        if "gzip" in request.get("accept-encoding", ""):
            body = isal_zlib.compress(body, COMPRESS_LEVEL, GZIP_WINDOW)
            headers["content-encoding"] = "gzip"
            headers["content-length"] = str(len(body))
    return body


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
