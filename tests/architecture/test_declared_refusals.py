"""What a route refuses by itself: its access, its key and its body imply refusals, and the API's description has them all."""

import json
from typing import Any

import pytest
from fastapi.routing import APIRoute

from ravo.platform.errors import Unauthenticated
from ravo.platform.http.access import Access
from tests.architecture.test_functions import ENDPOINTS, accesses, route_of
from tests.conftest import token_for
from tests.gateway import ROOT, context, function

AUTHENTICATED = [entry for entry in ENDPOINTS if "/webhooks/" not in entry.module]


def sample(entry: Any) -> dict[str, Any]:
    folder, _, name = entry.module.partition("/")
    return json.loads((ROOT / "events" / folder / f"{name.rpartition('/')[2]}.json").read_text())


def status_with(entry: Any, token: str) -> int:
    event = sample(entry)
    headers = dict(event["headers"]) | {"authorization": f"Bearer {token}"}
    return function(entry.module).handler(event | {"headers": headers}, context(entry.name))["statusCode"]


def declared(entry: Any) -> tuple[APIRoute, list[Access]]:
    route = route_of(entry.module)
    return route, accesses(route.dependant)


@pytest.mark.parametrize("entry", AUTHENTICATED, ids=lambda entry: entry.name)
def test_a_token_that_is_not_good_is_refused_and_the_route_says_so(entry: Any, database: Any) -> None:
    route, _ = declared(entry)

    assert status_with(entry, "nonsense") == 401
    assert 401 in route.responses


@pytest.mark.parametrize("entry", AUTHENTICATED, ids=lambda entry: entry.name)
def test_a_route_that_asks_for_a_permission_says_that_it_may_be_missing(entry: Any, database: Any) -> None:
    route, access = declared(entry)

    if any(hasattr(each, "permission") for each in access):
        assert status_with(entry, token_for()) == 403
        assert "`FORBIDDEN`" in route.responses[403]["description"]
    if route.methods != {"GET"}:
        assert "`UNSUPPORTED_MEDIA_TYPE`" in route.responses[415]["description"]
        assert "`IDEMPOTENCY_MISMATCH`" in route.responses[422]["description"]


def test_a_webhook_needs_no_token_and_keeps_no_answers() -> None:
    (webhook,) = [entry for entry in ENDPOINTS if "/webhooks/" in entry.module]
    route, _ = declared(webhook)

    assert Unauthenticated.message not in route.responses[401]["description"]
    assert "`IDEMPOTENCY_MISMATCH`" not in route.responses[422]["description"]
