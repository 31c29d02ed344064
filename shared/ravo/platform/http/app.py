"""One FastAPI application per function, and the Lambda handler around it."""

import re
import sys
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, cast, override

from fastapi import FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.responses import Response
from fastapi.routing import APIRoute
from pydantic.alias_generators import to_camel
from starlette.exceptions import HTTPException
from starlette.types import Scope

from ravo.platform import garbage, valkey
from ravo.platform.errors import (
    Conflict,
    Detail,
    IdempotencyMismatch,
    Internal,
    Invalid,
    PayloadTooLarge,
    RateLimited,
    Refusal,
    UnsupportedMediaType,
    UpstreamUnavailable,
)
from ravo.platform.http import front_door
from ravo.platform.http.access import SAFE_METHODS, Access
from ravo.platform.http.admission import BODY_LIMIT, Claims, admit, nothing_further
from ravo.platform.http.asgi import exchange
from ravo.platform.http.context import admission, known, refusing
from ravo.platform.http.finish import Finish
from ravo.platform.http.idempotency import service as idempotency
from ravo.platform.http.refusals import refusal_for, render, with_refusals
from ravo.platform.http.responses import request_id
from ravo.platform.observability import logger

# An escaped NUL in JSON text: \u0000 after an even number of backslashes.
_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
DEEPEST_JSON = 32
MOST_QUERY_PARAMETERS = 100
# Strings as a whole, so that brackets in them count for nothing, and an unended one to its end, so that this takes one pass.
_STRUCTURE = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{\]}]', re.DOTALL)


class Undeclared(TypeError):
    """A route says nothing about who may call it."""


class Route(APIRoute):
    """A route that must declare who may call it, and that turns every exception into its refusal."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        with _without_pydantic_1():
            super().__init__(path, endpoint, **options)
        declared = [call for call in _calls(self.dependant) if isinstance(call, Access)]
        if not declared:
            raise Undeclared(f"{path}: declare anyone, by_cookie, signed_in or allowed(…)")
        self.responses = with_refusals(self.responses, self._implied(declared))

    def _implied(self, declared: list[Access]) -> list[type[Refusal]]:
        """Return what a route refuses by who may call it, by whether it changes something, and for everyone."""
        implied = [kind for access in declared for kind in access.refusals]
        if not (self.methods or set()) <= SAFE_METHODS:
            implied += [UnsupportedMediaType]
            implied += [Conflict, IdempotencyMismatch] if all(access.keeps_answers for access in declared) else []
        return [*implied, Invalid, PayloadTooLarge, RateLimited, Internal, UpstreamUnavailable]

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_or_refuse(request: Request) -> Response:
            try:
                _check_address(request.scope)
                await _check_body(request)
                return await handle(request)
            except Exception as error:  # every exception has an answer, and the unexpected ones a log line
                return render(refusal_for(error))

        return handle_or_refuse


@contextmanager
def _without_pydantic_1() -> Generator[None]:
    """Let nobody import pydantic 1: FastAPI asks of all that a route names whether it is a model of that, for which it
    imports the whole of it, and takes its absence for a no."""
    if "pydantic.v1" in sys.modules:
        yield
        return
    sys.modules["pydantic.v1"] = cast("ModuleType", None)
    try:
        yield
    finally:
        del sys.modules["pydantic.v1"]


def create_app() -> FastAPI:
    """Make the application that a function declares its one route on."""
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # Powertools tells of requests. To look for providers of FastAPI's own telemetry takes a quarter of its time for each.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        generate_unique_id_function=lambda route: to_camel(route.name),
    )
    app.router.route_class = Route
    app.add_exception_handler(HTTPException, _render_http)
    app.add_middleware(Finish)
    return app


type Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def lambda_handler(app: FastAPI, *, limited: Claims = nothing_further) -> Handler:
    """Make the Lambda handler of an application for API Gateway's payload version 2.

    Each request is counted against the limit of who asks and against those that `limited` names, before anything else
    is done for it. A mutation that carries an `Idempotency-Key` is done once. Every answer says what is left of the limits.
    """

    def answer(event: dict[str, Any], context: Any, gateway: Handler) -> dict[str, Any]:
        try:
            asking = admit(event, limited)
        except Exception as error:  # as in the route: every exception has an answer
            with known(refusing, refusal_for(error)):
                return gateway(event, context)
        if asking.named:
            logger().append_keys(caller=str(asking.named.id))
        with known(admission, asking):
            answered = idempotency.once(event, context, gateway)
        answered["headers"] |= asking.headers()
        return answered

    return _handler(app, answer)


def webhook_handler(app: FastAPI) -> Handler:
    """Make the handler of what a provider calls: as often as it must, known by its signature, with a memory of its own for what comes twice."""

    return _handler(app, lambda event, context, gateway: gateway(event, context))


def _handler(app: FastAPI, answer: Callable[[dict[str, Any], Any, Handler], dict[str, Any]]) -> Handler:
    def gateway(event: dict[str, Any], context: Any) -> dict[str, Any]:
        try:
            return exchange(app, event, context)
        except (
            Exception
        ) as error:  # none of the route's: what finishes an answer failed, and it finishes this one instead
            with known(refusing, refusal_for(error)):
                return exchange(app, event, context)

    def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
        logger().set_correlation_id(context.aws_request_id)
        logger().append_keys(function=context.function_name, caller=None)
        try:
            with known(request_id, context.aws_request_id):
                try:
                    front_door.check(event)
                except Refusal as refusal:
                    with known(refusing, refusal):
                        return gateway(event, context)
                return answer(event, context, gateway)
        finally:
            valkey.settle()
            garbage.look_from_here_on()

    return handle


def _check_address(scope: Scope) -> None:
    """Refuse what no endpoint can want in path or query: NUL bytes, hundreds of parameters."""
    query = scope["query_string"]
    if "\x00" in scope["path"] or b"%00" in query:
        raise Invalid(details=[Detail("query", "must not hold a NUL byte")])
    if query.count(b"&") >= MOST_QUERY_PARAMETERS:
        raise Invalid(details=[Detail("query", f"must not have more than {MOST_QUERY_PARAMETERS} parameters")])


async def _check_body(request: Request) -> None:
    """Refuse what no endpoint can want as a body, before anything parses it: large ones, other media types, NUL bytes, depths."""
    body = await request.body()
    if not body:
        return
    # What nobody has a right to send any more is not looked through either. Without a body the door refuses soon enough.
    if (asking := admission.get(None)) and asking.refused:
        raise asking.refused
    if len(body) > BODY_LIMIT:
        raise PayloadTooLarge
    if not request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json":
        raise UnsupportedMediaType
    if b"\x00" in body or _ESCAPED_NUL.search(body):
        raise Invalid(details=[Detail("body", "must not hold a NUL byte")])
    if _is_deep(body):
        raise Invalid(details=[Detail("body", f"must not be nested deeper than {DEEPEST_JSON} levels")])


def _is_deep(body: bytes) -> bool:
    """Whether JSON is nested deeper than anything that we read; most bodies have too few brackets to be."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST_JSON:
        return False
    depth = 0
    for token in _STRUCTURE.finditer(body):
        kind = body[token.start()]
        if kind in b"[{":
            depth += 1
            if depth > DEEPEST_JSON:
                return True
        elif kind in b"]}":
            depth -= 1
    return False


async def _render_http(_request: Request, error: Exception) -> Response:
    return render(refusal_for(error))


def _calls(dependant: Dependant) -> list[Any]:
    found: list[Any] = [dependant.call]
    for inner in dependant.dependencies:
        found += _calls(inner)
    return found
