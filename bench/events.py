"""Requests as API Gateway passes them to functions, and calls of a function with them in this process."""

import base64
import gzip
import importlib.util
import json
import sys
import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).parent.parent

type Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


@cache
def handler_of(module: str) -> Handler:
    """Load a function by its path below functions/, like `catalog/store/list_products`."""
    name = "functions." + module.replace("/", ".")
    spec = importlib.util.spec_from_file_location(name, ROOT / "functions" / f"{module}.py")
    if spec is None or spec.loader is None:
        raise ImportError(module)
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[name] = loaded
    spec.loader.exec_module(loaded)
    return loaded.handler


def data_of(answer: dict[str, Any]) -> Any:
    """Return the content of an answer, unpacked as a client would do it."""
    body = answer["body"].encode()
    if answer.get("isBase64Encoded"):
        body = gzip.decompress(base64.b64decode(body))
    return json.loads(body)["data"]


def context(name: str) -> Any:
    """The context that Lambda passes to a function with its event."""
    return SimpleNamespace(
        function_name=name,
        memory_limit_in_mb=1024,
        invoked_function_arn=f"arn:aws:lambda:eu-central-1:000000000000:function:{name}",
        aws_request_id=str(uuid.uuid4()),
        get_remaining_time_in_millis=lambda: 10_000,
    )


def request(
    method: str,
    path: str,
    query: dict[str, Any] | None = None,
    *,
    body: str = "",
    token: str = "",
    key: str = "",
    address: str = "203.0.113.7",
) -> dict[str, Any]:
    """Make an event of payload version 2; `key` makes it safe to send twice."""
    headers = {"host": "localhost", "user-agent": "bench", "accept-encoding": "gzip"}
    if body:
        headers["content-type"] = "application/json"
    if token:
        headers["authorization"] = f"Bearer {token}"
    if key:
        headers["idempotency-key"] = key
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": urlencode(query or {}),
        "headers": headers,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "bench",
            "domainName": "localhost",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": address,
                "userAgent": "bench",
            },
            "requestId": "bench",
            "routeKey": f"{method} {path}",
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1767225600000,
        },
        "isBase64Encoded": False,
    }
    if body:
        event["body"] = body
    return event
