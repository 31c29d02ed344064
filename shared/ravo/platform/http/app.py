"""One FastAPI application per function, with a route that declares who may call it."""

from collections.abc import Callable, Coroutine
from typing import Any, override

from fastapi import FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.responses import Response
from fastapi.routing import APIRoute
from pydantic.alias_generators import to_camel
from starlette.exceptions import HTTPException

from ravo.platform.cold_start import without_pydantic_1
from ravo.platform.errors import (
    Conflict,
    IdempotencyMismatch,
    Internal,
    Invalid,
    PayloadTooLarge,
    RateLimited,
    Refusal,
    UnsupportedMediaType,
    UpstreamUnavailable,
)
from ravo.platform.http.access import SAFE_METHODS, Access
from ravo.platform.http.input_checks import check_address, check_body
from ravo.platform.http.refusals import refusal_for, render, with_refusals


class Undeclared(TypeError):
    """A route says nothing about who may call it."""


class Route(APIRoute):
    """A route that must declare who may call it, and that turns every exception into its refusal."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        with without_pydantic_1():
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
                check_address(request.scope)
                await check_body(request)
                return await handle(request)
            except Exception as error:  # every exception has an answer, and the unexpected ones a log line
                return render(refusal_for(error))

        return handle_or_refuse


def create_app() -> FastAPI:
    """Make the application that a function declares its one route on."""
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # Powertools traces requests. FastAPI's search for telemetry providers would take a quarter of its start.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        generate_unique_id_function=lambda route: to_camel(route.name),
    )
    app.router.route_class = Route
    app.add_exception_handler(HTTPException, _render_http)
    return app


async def _render_http(_request: Request, error: Exception) -> Response:
    return render(refusal_for(error))


def _calls(dependant: Dependant) -> list[Any]:
    found: list[Any] = [dependant.call]
    for inner in dependant.dependencies:
        found += _calls(inner)
    return found
