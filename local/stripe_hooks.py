"""Webhook deliveries as Stripe makes them: signed for each try, and repeated until accepted, also after a restart."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Coroutine
from importlib import import_module
from typing import Any

import aiohttp
from aiohttp import web

# localstripe has no types, and sends each event once.
_webhooks: Any = import_module("localstripe.webhooks")
_store: Any = import_module("localstripe.resources").store

_UNTOLD = "untold:"
_telling: set[asyncio.Future[None]] = set()

# The pause before each try. Stripe tries for days; after these two minutes nobody waits at a laptop any more.
PAUSES = (0.2, 1, 2, 4, 8, 16, 32, 64)
PATIENCE = aiohttp.ClientTimeout(total=10)


def tell_until_taken() -> None:
    """Deliver events this way from now on."""
    _webhooks._send_webhook = _delivery


async def go_on_telling(_app: web.Application) -> None:
    """Deliver the events that were not accepted when the process ended."""
    for place in [place for place in _store if place.startswith(_UNTOLD)]:
        told = asyncio.ensure_future(_deliver(place))
        _telling.add(told)
        told.add_done_callback(_telling.discard)


def _delivery(event: Any) -> Coroutine[Any, Any, None]:
    """Record an event at once, so that it is kept with the change that it reports; return its delivery."""
    place = f"{_UNTOLD}{event.id}"
    _store[place] = {"type": event.type, "payload": json.dumps(event._export(), sort_keys=True)}
    return _deliver(place)


async def _deliver(place: str) -> None:
    event: dict[str, str] = _store[place]
    wanting = [hook for hook in _webhooks._webhooks.values() if hook.events is None or event["type"] in hook.events]
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        for pause in PAUSES:
            if wanting:
                await asyncio.sleep(pause)
            wanting = [hook for hook in wanting if not await _taken(session, hook, event["payload"].encode())]
    del _store[place]


async def _taken(session: aiohttp.ClientSession, hook: Any, payload: bytes) -> bool:
    moment = int(time.time())
    signature = hmac.new(hook.secret.encode(), b"%d.%s" % (moment, payload), hashlib.sha256).hexdigest()
    headers = {"content-type": "application/json", "stripe-signature": f"t={moment},v1={signature}"}
    try:
        async with session.post(hook.url, data=payload, headers=headers) as answer:
            return answer.status < 300
    except (aiohttp.ClientError, TimeoutError):
        return False
