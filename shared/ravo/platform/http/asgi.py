"""One request through an ASGI application, from API Gateway's event to the answer that it takes.

Endpoints wait for nothing but their own calls (decision 1), so there is no event loop (decision 29): an application
runs to its end where it is called. Mangum reads the event and writes the answer.
"""

from collections.abc import Coroutine
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, cast

from mangum.adapter import DEFAULT_TEXT_MIME_TYPES
from mangum.handlers.api_gateway import HTTPGateway
from mangum.types import LambdaConfig
from starlette.types import ASGIApp, Message

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_CONFIG = LambdaConfig(api_gateway_base_path="/", text_mime_types=[*DEFAULT_TEXT_MIME_TYPES], exclude_headers=[])


class Waited(RuntimeError):
    """An application waited for something that would have needed an event loop."""


def run_asgi(app: ASGIApp, event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Have an application answer an event of payload version 2; context variables that it sets end with it.

    Raises whatever the application raises, and `Waited`.
    """
    gateway = HTTPGateway(cast(Any, event), cast(Any, context), _CONFIG)
    said: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": gateway.body, "more_body": False}

    async def send(message: Message) -> None:
        said.append(message)

    _run(cast("Coroutine[Any, Any, None]", app(cast(Any, gateway.scope), receive, send)))
    start, *pieces = said
    body = b"".join(piece.get("body", b"") for piece in pieces)
    return gateway({"status": start["status"], "headers": start["headers"], "body": body})


def _run(application: Coroutine[Any, Any, None]) -> None:
    try:
        copy_context().run(application.send, None)
    except StopIteration:
        return
    application.close()
    raise Waited
