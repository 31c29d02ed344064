"""The front door: HTTP in, API Gateway events (payload version 2) to functions, their answers out."""

import asyncio
import base64
import json
import time
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

import httptools

from local.account import ACCOUNT
from local.cloud import Cors, Route
from local.invocations import Outcome
from local.routing import Match, Router

LARGEST_BODY = 10 * 1024 * 1024
# Request line and headers together, as API Gateway has it.
LARGEST_HEAD = 10_240
LONGEST_SECONDS = 30.0
_REASONS = {200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 304: "Not Modified", 404: "Not Found"}


class Refused(Exception):
    """A request that is answered before it has been read."""

    def __init__(self, response: "Response") -> None:
        self.response = response


type Invoke = Callable[[Route, dict[str, Any]], Awaitable[Outcome]]
type Page = Callable[["Request"], Awaitable["Response"]]


class Request:
    """One request, as it came over the wire."""

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
        """Return a header's value, or nothing."""
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
        """Answer as API Gateway itself does."""
        return cls(status, json.dumps({"message": text}).encode(), [("content-type", "application/json")])


class Gateway:
    """Answers requests: from functions, or from the pages that stand beside the API."""

    def __init__(self, invoke: Invoke) -> None:
        self._invoke = invoke
        self._router = Router([])
        self._cors = Cors()
        self.pages: dict[str, Page] = {}

    def use(self, routes: list[Route], cors: Cors) -> None:
        """Serve these routes from now on."""
        self._router = Router(routes)
        self._cors = cors

    async def answer(self, request: Request) -> Response:
        """Answer a request, within API Gateway's limits."""
        if len(request.body) > LARGEST_BODY:
            return Response.message(413, "Request Entity Too Large")
        page = next((page for prefix, page in self.pages.items() if request.path.startswith(prefix)), None)
        if page:
            return await page(request)
        origin = request.header("origin")
        if origin and request.method == "OPTIONS" and request.header("access-control-request-method"):
            return Response(204, headers=self._preflight(origin))
        match = self._router.find(request.method, request.path)
        response = await self._from_function(request, match) if match else Response.message(404, "Not Found")
        if origin:
            response.headers = [
                header for header in response.headers if not header[0].startswith("access-control-")
            ] + self._cors_headers(origin)
        return response

    async def _from_function(self, request: Request, match: Match) -> Response:
        try:
            outcome = await asyncio.wait_for(self._invoke(match.route, event_of(request, match)), LONGEST_SECONDS)
        except TimeoutError:
            return Response.message(503, "Service Unavailable")
        if outcome.error:
            return Response.message(500, "Internal Server Error")
        return response_of(outcome)

    def _cors_headers(self, origin: str) -> list[tuple[str, str]]:
        if origin not in self._cors.origins and "*" not in self._cors.origins:
            return []
        headers = [("access-control-allow-origin", origin), ("vary", "Origin")]
        if self._cors.credentials:
            headers.append(("access-control-allow-credentials", "true"))
        if self._cors.exposed:
            headers.append(("access-control-expose-headers", ",".join(self._cors.exposed)))
        return headers

    def _preflight(self, origin: str) -> list[tuple[str, str]]:
        headers = self._cors_headers(origin)
        if headers:
            headers += [
                ("access-control-allow-methods", ",".join(self._cors.methods)),
                ("access-control-allow-headers", ",".join(self._cors.headers)),
                ("access-control-max-age", str(self._cors.max_age)),
            ]
        return headers


def event_of(request: Request, match: Match) -> dict[str, Any]:
    """Make the event that API Gateway would make: payload version 2."""
    headers: dict[str, str] = {}
    cookies: list[str] = []
    for name, value in request.headers:
        if name == "cookie":
            cookies += [cookie.strip() for cookie in value.split(";")]
        else:
            headers[name] = f"{headers[name]},{value}" if name in headers else value
    key = "$default" if match.route.path == "$default" else f"{match.route.method} {match.route.path}"
    moment = time.time()
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": headers.get("host", "localhost"),
            "domainPrefix": "local",
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.peer,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": key,
            "stage": "$default",
            "time": datetime.fromtimestamp(moment, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(moment * 1000),
        },
        "isBase64Encoded": False,
    }
    if cookies:
        event["cookies"] = cookies
    if request.query:
        event["queryStringParameters"] = _joined(parse_qsl(request.query, keep_blank_values=True))
    if match.parameters:
        event["pathParameters"] = match.parameters
    if request.body:
        _add_body(event, request.body)
    return event


def response_of(outcome: Outcome) -> Response:
    """Read what a function returned; without a status code all of it is the body of a 200."""
    result = outcome.result
    if not isinstance(result, dict) or "statusCode" not in result:
        return Response(200, json.dumps(outcome.whole).encode(), [("content-type", "application/json")])
    body = outcome.body or b""
    if result.get("isBase64Encoded"):
        body = base64.b64decode(body)
    headers = [(name.lower(), str(value)) for name, value in (result.get("headers") or {}).items()]
    headers += [("set-cookie", cookie) for cookie in result.get("cookies") or ()]
    if any("\r" in value or "\n" in value for _, value in headers):
        return Response.message(500, "Internal Server Error")
    return Response(int(result["statusCode"]), body, headers)


def _joined(pairs: list[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _add_body(event: dict[str, Any], body: bytes) -> None:
    try:
        event["body"] = body.decode()
    except UnicodeDecodeError:
        event["body"] = base64.b64encode(body).decode()
        event["isBase64Encoded"] = True


class HttpProtocol(asyncio.Protocol):
    """One connection: requests answered in the order that they came."""

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
        # What the client began goes on without it.
        self._transport = None

    def data_received(self, data: bytes) -> None:
        if self._ended:
            return
        try:
            self._parser.feed_data(data)
            if self._reads_head:
                self._count_head(len(data))
        except httptools.HttpParserUpgrade:
            # Nothing else is spoken here: what was asked is answered, and that was that.
            self._ended = True
            self._waiting[-1].keep_alive = False
        except (httptools.HttpParserError, UnicodeDecodeError) as error:
            # The parser puts its own error around what a callback raises.
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
        # What is over the limit is counted, not kept.
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
