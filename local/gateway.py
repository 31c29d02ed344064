"""The gateway: HTTP in, API Gateway events (payload version 2) to functions, their answers out."""

import asyncio
import base64
import json
import time
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from local.account import ACCOUNT
from local.cloud import Cors, Route
from local.connections import LARGEST_BODY, Request, Response
from local.invocations import Outcome
from local.routing import Match, Router

LONGEST_SECONDS = 30.0

type Invoke = Callable[[Route, dict[str, Any]], Awaitable[Outcome]]
type Page = Callable[[Request], Awaitable[Response]]


class Gateway:
    """Answers requests: from functions, or from the pages beside the API."""

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
    """Make the event that API Gateway would make, with payload version 2."""
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
    """Read what a function returned; if it has no status code, all of it is the body of a 200."""
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
