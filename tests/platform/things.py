"""An endpoint of tests, which says a thing again and remembers that it was asked to."""

import base64
from typing import Annotated, Any

from fastapi import Response
from pydantic import Field

from ravo.platform.http import Answer, answer, anyone, create_app, lambda_handler, refusals
from ravo.platform.schemas import Input, Money, MoneyInput, Reply
from tests.gateway import Reply as Got
from tests.gateway import context, event

calls: list[str] = []


class Thing(Input):
    name: Annotated[str, Field(max_length=2_000_000)]
    price: MoneyInput | None = None


class Echo(Reply):
    name: str
    price: Money | None = None


def app_of(endpoint: Any, *, method: str = "POST", access: Any = anyone, path: str = "/things") -> Any:
    app = create_app()
    app.add_api_route(
        path, endpoint, methods=[method], response_model=Answer[Echo], responses=refusals(), dependencies=[access]
    )
    return app


async def echo(thing: Thing) -> Response:
    """Say a thing again."""
    calls.append(thing.name)
    return answer(Echo(name=thing.name))


def send(app: Any, method: str = "POST", path: str = "/things", **request: Any) -> Got:
    raw = lambda_handler(app)(event(method, path, **request), context("Things"))
    body = raw.get("body") or ""
    decoded = base64.b64decode(body) if raw.get("isBase64Encoded") else body.encode()
    headers = {name.lower(): value for name, value in raw["headers"].items()}
    return Got(raw["statusCode"], headers, decoded, raw.get("cookies", []))
