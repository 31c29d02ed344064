"""Connections: requests read from the wire, answers written to it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

import httptools

LARGEST_BODY = 10 * 1024 * 1024
# Request line and headers together, the limit of API Gateway.
LARGEST_HEAD = 10_240
_REASONS = {200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 304: "Not Modified", 404: "Not Found"}


class Refused(Exception):
    """A request that is answered before it has been read."""

    def __init__(self, response: "Response") -> None:
        self.response = response


class Request:
    """One request, as it arrived."""

    __slots__ = ("body", "headers", "keep_alive", "method", "path", "peer", "query")

    def __init__(self) -> None:
        self.method = ""
        self.path = ""
        self.query = ""
        self.headers: list[tuple[str, str]] = []
        self.body = b""
        self.keep_alive = True
        self.peer = "127.0.0.1"

    def header(self, name: str) -> str:
        """Return a header's value, or an empty text."""
        return next((value for key, value in self.headers if key == name), "")


class Response:
    """One answer."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, body: bytes = b"", headers: list[tuple[str, str]] | None = None) -> None:
        self.status = status
        self.body = body
        self.headers = headers or []

    @classmethod
    def message(cls, status: int, text: str) -> "Response":
        """Return the answer that API Gateway gives itself."""
        return cls(status, json.dumps({"message": text}).encode(), [("content-type", "application/json")])


class HttpProtocol(asyncio.Protocol):
    """One connection: requests answered in the order in which they arrive."""

    def __init__(self, answer: Callable[[Request], Awaitable[Response]]) -> None:
        self._answer = answer
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: list[Request] = []
        self._task: asyncio.Task[None] | None = None
        self._url = b""
        self._request = Request()
        self._parts: list[bytes] = []
        self._size = 0
        self._head = 0
        self._reads_head = False
        self._ended = False
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        peer = transport.get_extra_info("peername")
        self._peer = peer[0] if peer else "127.0.0.1"

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  (asyncio's signature)
        # What the client began continues without it.
        self._transport = None

    def data_received(self, data: bytes) -> None:
        if self._ended:
            return
        try:
            self._parser.feed_data(data)
            if self._reads_head:
                self._count_head(len(data))
        except httptools.HttpParserUpgrade:
            # No other protocol is supported: this request is answered, then the connection closes.
            self._ended = True
            self._waiting[-1].keep_alive = False
        except (httptools.HttpParserError, UnicodeDecodeError) as error:
            # The parser wraps its own error around whatever a callback raises.
            told = error.__context__
            self._end(told.response if isinstance(told, Refused) else Response.message(400, "Bad Request"))
        except Refused as refused:
            self._end(refused.response)

    def _end(self, response: Response) -> None:
        self._ended = True
        if self._transport:
            self._write(response, keep_alive=False)

    def on_message_begin(self) -> None:
        self._request, self._url, self._parts, self._size = Request(), b"", [], 0
        self._head, self._reads_head = 0, True

    def on_url(self, url: bytes) -> None:
        self._count_head(len(url))
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count_head(len(name) + len(value))
        self._request.headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def _count_head(self, size: int) -> None:
        self._head += size
        if self._head > LARGEST_HEAD:
            raise Refused(Response.message(431, "Request Header Fields Too Large"))

    def on_headers_complete(self) -> None:
        self._reads_head = False
        announced = self._request.header("content-length")
        if announced.isdigit() and int(announced) > LARGEST_BODY:
            raise Refused(Response.message(413, "Request Entity Too Large"))
        if self._request.header("expect").lower() == "100-continue" and self._transport:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._size += len(body)
        # Bytes over the limit are counted, not kept.
        if self._size <= LARGEST_BODY + len(body):
            self._parts.append(body)

    def on_message_complete(self) -> None:
        request = self._request
        url = httptools.parse_url(self._url)
        request.method = self._parser.get_method().decode()
        request.path = unquote((url.path or b"/").decode("latin-1"))
        request.query = (url.query or b"").decode("latin-1")
        request.body = b"".join(self._parts)
        request.keep_alive = self._parser.should_keep_alive()
        request.peer = self._peer
        self._waiting.append(request)
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._work())

    async def _work(self) -> None:
        while self._waiting and self._transport:
            request = self._waiting.pop(0)
            response = await self._answer(request)
            if request.method == "HEAD":
                response.body = b""
            self._write(response, request.keep_alive)

    def _write(self, response: Response, keep_alive: bool) -> None:
        if not self._transport:
            return
        lines = [f"HTTP/1.1 {response.status} {_REASONS.get(response.status, 'Answer')}"]
        lines += [f"{name}: {value}" for name, value in response.headers if name != "content-length"]
        if response.status not in (204, 304):
            lines.append(f"content-length: {len(response.body)}")
        lines.append(f"connection: {'keep-alive' if keep_alive else 'close'}\r\n\r\n")
        self._transport.write("\r\n".join(lines).encode("latin-1", "replace") + response.body)
        if not keep_alive:
            self._transport.close()
