"""Sample events: the route or the queue is written; the rest of a file belongs to people."""

import json
import re
from pathlib import Path
from typing import Any

from local.writing.code import Source

_ID = "01936b7e-8c1a-7def-9a3b-2f4c5d6e7f80"
_AGENT = "curl/8.5.0"
_HEADERS = {"accept": "application/json", "accept-encoding": "gzip", "host": "api.example.com", "user-agent": _AGENT}
_SENDS = ("POST", "PUT", "PATCH")


def sample(source: Source, path: Path) -> str | None:
    """Return the text of a function's sample event, or None if there is a file and the function is no endpoint."""
    if not source.is_endpoint:
        return None if path.exists() else _text(_job_event(source) if source.is_job else {})
    return _text(_request(source, json.loads(path.read_text()) if path.exists() else _new(source)))


def _new(source: Source) -> dict[str, Any]:
    """Return the initial text of a file; the author of the endpoint writes its body."""
    values = dict.fromkeys(re.findall(r"{(\w+)}", source.path), _ID)
    sends = source.method in _SENDS
    headers = _HEADERS | ({"content-type": "application/json"} if sends else {})
    parts = {"headers": headers, "pathParameters": values, "body": "{}" if sends else "", "isBase64Encoded": False}
    return {name: part for name, part in parts.items() if part or part is False}


def _request(source: Source, said: dict[str, Any]) -> dict[str, Any]:
    values = said.get("pathParameters") or {}
    address = re.sub(r"{(\w+)}", lambda name: str(values.get(name[1], _ID)), source.path)
    route = f"{source.method} {source.path}"
    written = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": address,
        "rawQueryString": said.get("rawQueryString", ""),
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": "api.example.com",
            "domainPrefix": "api",
            "http": {
                "method": source.method,
                "path": address,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": _AGENT,
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": route,
            "stage": "$default",
            "time": "23/Nov/2026:09:00:00 +0000",
            "timeEpoch": 1795424400000,
        },
    }
    return said | written if "version" in said else written | said


def _job_event(source: Source) -> dict[str, Any]:
    kind = source.hears[0].removesuffix("*")
    envelope = {
        "id": _ID,
        "type": kind,
        "version": 1,
        "occurredAt": "2026-11-23T09:00:00Z",
        "aggregateId": _ID,
        "data": {},
        "traceId": None,
    }
    return {
        "Records": [
            {
                "messageId": "5f0c7a52-3f0d-4c8e-9d1a-0b7d3c1e2f4a",
                "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
                "body": json.dumps({"detail-type": kind, "source": f"ravo.{source.domain}", "detail": envelope}),
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:eu-central-1:123456789012:{source.name}Queue",
                "awsRegion": "eu-central-1",
            }
        ]
    }


def _text(event: dict[str, Any]) -> str:
    return json.dumps(event, indent=2, ensure_ascii=False) + "\n"
