"""The whole API's description, composed of those of all functions: `python -m local.openapi` writes it."""

import importlib
import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from local.cloud import Function
from local.examples import example_of, request_example
from local.openapi_file import DOCUMENT, ROOT
from local.templates import read_cloud
from ravo.platform.http.refusals import FailureAnswer

DESCRIPTION = """The backend of an activewear shop.

Answers come as `{"success": true, "data": …, "meta": …}`, lists with `pagination`, refusals as
`{"success": false, "error": {"code", "message", "details"}, "meta": …}`; `meta.requestId` finds the log line.
Money is `{"amount": "49.90", "currency": "EUR"}`, times are ISO 8601 in UTC, ids are UUIDv7.
Every change accepts an `Idempotency-Key`: sent again with the same body, the first answer is repeated for 24 hours.
A key is one caller's: a user's, or a guest's by cookies or network. Make it one that nobody guesses, like a UUID.
"""


def main() -> None:
    """Write the document."""
    DOCUMENT.write_text(json.dumps(describe(ROOT), indent=1, ensure_ascii=False) + "\n")


def describe(root: Path) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of all functions that the templates route requests to."""
    cloud = read_cloud(root)
    whole: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "Ravo", "version": "1", "description": DESCRIPTION},
        "tags": [],
        "paths": {},
        "components": {"schemas": _failure_schemas(), "securitySchemes": {}},
    }
    routed = sorted({route.function for route in cloud.routes})
    for function in sorted((cloud.functions[name] for name in routed), key=lambda function: function.module):
        _add(whole, root, function)
    domains = sorted({operation["tags"][0] for path in whole["paths"].values() for operation in path.values()})
    whole["tags"] = [{"name": domain} for domain in domains]
    whole["components"]["schemas"] = dict(sorted(whole["components"]["schemas"].items()))
    return whole


def _failure_schemas() -> dict[str, Any]:
    """Return the schemas of refusals, which routes reference without defining them."""
    failure = FailureAnswer.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    return {**failure.pop("$defs"), FailureAnswer.__name__: failure}


def _add(whole: dict[str, Any], root: Path, function: Function) -> None:
    app: FastAPI = importlib.import_module("functions." + function.module.replace("/", ".")).app
    own = get_openapi(title="", version="", routes=app.routes)
    schemas = own.get("components", {}).get("schemas", {})
    event = root / "events" / function.module.partition("/")[0] / f"{function.module.rpartition('/')[2]}.json"
    for path, operations in own["paths"].items():
        for operation in operations.values():
            operation["tags"] = [function.module.partition("/")[0]]
            _add_examples(operation, schemas, event)
        whole["paths"].setdefault(path, {}).update(operations)
    for kind, components in own.get("components", {}).items():
        for name, component in components.items():
            known = whole["components"][kind].setdefault(name, component)
            if known != component:
                raise ValueError(f"{name} means two things in the API; {function.name} has the second")


def _add_examples(operation: dict[str, Any], schemas: dict[str, Any], event: Path) -> None:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None:
        body["example"] = request_example(event)
    for status, answer in operation["responses"].items():
        content = answer.get("content", {}).get("application/json")
        if content and status.startswith("2"):
            content["example"] = example_of(content.get("schema", {}), schemas)


if __name__ == "__main__":
    main()
