"""Calling a function as API Gateway does: its module by path, a payload of version 2, the answer decoded."""

import base64
import gzip
import importlib.util
import json
import sys
import uuid
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from tests.grants import held_to_its_grants

ROOT = Path(__file__).parent.parent


@cache
def function(path: str) -> ModuleType:
    """Load a function's module, like `catalog/store/list_products`; its handler runs under its grants."""
    name = "functions." + path.replace("/", ".")
    spec = importlib.util.spec_from_file_location(name, ROOT / "functions" / f"{path}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    module.handler = held_to_its_grants(path, module.handler)
    return module


def context(name: str) -> Any:
    """What Lambda passes beside the event."""
    return SimpleNamespace(
        function_name=name,
        memory_limit_in_mb=1024,
        invoked_function_arn=f"arn:aws:lambda:eu-central-1:000000000000:function:{name}",
        aws_request_id=str(uuid.uuid4()),
        get_remaining_time_in_millis=lambda: 10_000,
    )


@dataclass
class Reply:
    """What the function answered."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: list[str] = field(default_factory=list)

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def data(self) -> Any:
        """The envelope's data."""
        return self.json["data"]

    @property
    def error(self) -> Any:
        """The envelope's error."""
        return self.json["error"]


def event(
    method: str,
    path: str,
    *,
    query: Any = (),
    body: Any = None,
    token: str | None = None,
    headers: dict[str, str] | None = None,
    cookies: list[str] | None = None,
    address: str = "203.0.113.7",
) -> dict[str, Any]:
    """Make an API Gateway event of payload version 2."""
    pairs = list(query.items() if isinstance(query, dict) else query)
    sent = {"host": "localhost", "user-agent": "tests"}
    if body is not None:
        sent["content-type"] = "application/json"
    if token:
        sent["authorization"] = f"Bearer {token}"
    text = body if isinstance(body, str | None) else json.dumps(body)
    return {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": urlencode(pairs, doseq=True),
        "headers": sent | (headers or {}),
        "cookies": cookies or [],
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "tests",
            "domainName": "localhost",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": address,
                "userAgent": "tests",
            },
            "requestId": "request",
            "routeKey": f"{method} {path}",
            "stage": "$default",
            "time": "23/Nov/2026:00:00:00 +0000",
            "timeEpoch": 1795392000000,
        },
        "body": text,
        "isBase64Encoded": False,
    }


def call(path: str, method: str, url: str, **request: Any) -> Reply:
    """Call a function with a request and return its answer."""
    name = "".join(part.title() for part in path.rpartition("/")[2].split("_"))
    return answered(function(path).handler(event(method, url, **request), context(name)))


def answered(answer: dict[str, Any]) -> Reply:
    """Read what a function answered."""
    body = answer.get("body") or ""
    raw = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    headers = {key.lower(): value for key, value in answer["headers"].items()}
    if headers.get("content-encoding") == "gzip":
        raw = gzip.decompress(raw)
    return Reply(answer["statusCode"], headers, raw, answer.get("cookies", []))
