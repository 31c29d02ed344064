"""Examples for the API's description: requests from the sample events, answers from their schemas."""

import json
import re
from pathlib import Path
from typing import Any

_BY_FORMAT = {
    "uuid": "01936b7e-8c1a-7def-9a3b-2f4c5d6e7f80",
    "date-time": "2026-11-23T09:00:00Z",
    "email": "ada@example.com",
    "uri": "https://shop.example.com/",
}
_BY_NAME: dict[str, Any] = {
    "success": True,
    "requestId": "8c6976e5-b541-4df0-8e2a-3d6f1c2b7a90",
    "page": 1,
    "limit": 20,
    "total": 1,
    "totalPages": 1,
    "hasNext": False,
    "hasPrev": False,
    "sku": "TRAIL-HOODIE",
    "slug": "trail-hoodie",
    "name": "Trail Hoodie",
    "path": "women/hoodies",
    "url": "https://shop.example.com/media/products/trail-hoodie.png",
    "alt": "A moss green hoodie",
    "size": "M",
    "color": "Moss",
    "locale": "en",
    "status": "active",
    "version": 1,
    "accessToken": "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9…",
    "expiresIn": 900,
}
_CAPITAL = re.compile("[A-Z]")
# Recursive schemas end here.
_DEEPEST = 12


def request_example(event: Path) -> Any:
    """Return the body of a function's sample event."""
    return json.loads(json.loads(event.read_text())["body"])


def example_of(schema: dict[str, Any], schemas: dict[str, Any], name: str = "", depth: int = 0) -> Any:
    """Return a value that is valid for a JSON schema."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, name, depth + 1)
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], schemas, name, depth)
    if "const" in schema or "enum" in schema:
        return schema.get("const", (schema.get("enum") or [None])[0])
    if "examples" in schema:
        return schema["examples"][0]
    if schema.get("type") == "object":
        fields = schema.get("properties", {}).items()
        return {field: example_of(inner, schemas, field, depth + 1) for field, inner in fields}
    if schema.get("type") == "array":
        return [] if depth > _DEEPEST else [example_of(schema["items"], schemas, name, depth + 1)]
    return _scalar(schema, name)


def _words(name: str) -> str:
    return _CAPITAL.sub(lambda letter: f" {letter[0].lower()}", name).capitalize()


def _scalar(schema: dict[str, Any], name: str) -> Any:
    if name in _BY_NAME:
        return _BY_NAME[name]
    match schema.get("type"):
        case "string":
            return _BY_FORMAT.get(schema.get("format", ""), "1" if "pattern" in schema else _words(name))
        case "integer" | "number":
            return 1
        case "boolean":
            return True
        case "null":
            return None
        case _:
            return {}
