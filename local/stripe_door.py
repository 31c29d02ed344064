"""The door before localstripe: idempotency keys, the rights of browsers, and the answers that localstripe lacks."""

import json
import re
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from aiohttp import web

from local import stripe_cards

# localstripe has no types.
_server: Any = import_module("localstripe.server")
_store: Any = import_module("localstripe.resources").store
_Refused: Any = import_module("localstripe.errors").UserError

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# What the publishable key is enough for; an intent also needs its client secret.
_BROWSER = re.compile(r"POST /v1/payment_methods|(GET|POST) /v1/payment_intents/\w+(/confirm|/_authenticate)?")
_under_way: set[str] = set()


def let_browsers_in() -> None:
    """Accept the publishable key for browsers' requests; localstripe wants the secret one for all of them."""
    own: Any = _server.get_api_key
    _server.get_api_key = lambda request: own(request) or _publishable_key(request)


@web.middleware
async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer our own requests, pass on all others, and run those with an idempotency key only once."""
    resource = request.match_info.route.resource
    ours = stripe_cards.ANSWERS.get((request.method, resource.canonical if resource else ""))
    answer = _answering(ours) if ours else handler
    key = request.headers.get("idempotency-key")
    try:
        await _check_client_secret(request)
        return await (_once(key, request, answer) if key and request.method == "POST" else answer(request))
    except _Refused as refused:
        if refused.code == 404:
            refused.body["error"].setdefault("code", "resource_missing")
        raise


async def _once(key: str, request: web.Request, handler: Handler) -> web.StreamResponse:
    """Repeat the first answer to the same request; another request under the same key is refused."""
    asked = json.dumps([request.method, request.path, await _given(request)], sort_keys=True)
    place = f"idempotency:{key}"
    kept = _store.get(place)
    if place in _under_way:
        raise _Refused(409, "Another request with this key is under way.", {"code": "idempotency_key_in_use"})
    if kept is None:
        _under_way.add(place)
        try:
            return await _first(place, asked, request, handler)
        finally:
            _under_way.discard(place)
    if kept["asked"] != asked:
        refused = _Refused(400, f"This key was first used with other parameters; use another than '{key}'.")
        refused.body["error"]["type"] = "idempotency_error"
        raise refused
    return _json(kept["status"], kept["text"], replayed=True)


async def _first(place: str, asked: str, request: web.Request, handler: Handler) -> web.StreamResponse:
    # A request that was refused before anything was done is not kept: once corrected, it may be sent again.
    try:
        answer = await handler(request)
    except _Refused as refused:
        if refused.code != 402:
            raise
        answer = refused.to_response()
    assert isinstance(answer, web.Response)
    _store[place] = {"asked": asked, "status": answer.status, "text": answer.text or ""}
    return answer


def _answering(ours: Callable[[dict[str, Any]], Any]) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        given = await _given(request)
        expand = given.pop("expand", None)
        given.pop("client_secret", None)
        document = ours(given | dict(request.match_info))._export(expand=expand)
        return _json(200, json.dumps(document))

    return answer


def _json(status: int, text: str, *, replayed: bool = False) -> web.Response:
    headers = {"idempotent-replayed": "true"} if replayed else {}
    return web.Response(status=status, text=text, content_type="application/json", headers=headers)


async def _given(request: web.Request) -> dict[str, Any]:
    body = await _server.get_post_data(request) if request.method == "POST" else None
    return (body or {}) | _server.unflatten_data(request.query)


def _publishable_key(request: web.Request) -> str | None:
    key = request.headers.get("authorization", "").partition(" ")[2]
    allowed = _BROWSER.fullmatch(f"{request.method} {request.path}")
    return key if key.startswith("pk_") and allowed else None


async def _check_client_secret(request: web.Request) -> None:
    if "id" not in request.match_info or _server_key(request):
        return
    if (await _given(request)).get("client_secret") != stripe_cards.client_secret(request.match_info["id"]):
        raise _Refused(401, "The client secret is not this intent's.")


def _server_key(request: web.Request) -> bool:
    return not request.headers.get("authorization", "").partition(" ")[2].startswith("pk_")
