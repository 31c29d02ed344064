"""Every mutation of the API under an `Idempotency-Key`: sent twice it acts once, and answers the same to the same caller alone."""

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from ravo.platform import tokens, valkey
from ravo.platform.http.idempotency.service import NOT_KEPT, SAFE_METHODS
from ravo.platform.ids import uuid7
from tests.architecture.conftest import WholeShop
from tests.architecture.test_functions import OPEN
from tests.gateway import ROOT, Reply, answered, context, function
from tests.identity.people import cookie_of, register
from tests.jobs import cloud

MUTATIONS = [
    route
    for route in cloud().routes
    if route.method not in SAFE_METHODS and "/webhooks/" not in cloud().functions[route.function].module
]
KEYS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=255)
# What a sample event's body names.
NAMED = {"variantId": "variants", "cartId": "carts", "shippingRateId": "rates", "orderItemId": "items"}
# What the world has already by the sample's name.
INSTEAD: dict[str, Any] = {
    "CreateProduct": {"sku": "DAWN-HOODIE", "name": "Dawn Hoodie"},
    "UpdateProduct": {"version": 2},
    "CreateTaxRate": {"country": "AT"},
    "CreateShippingZone": {"name": "Austria", "places": [{"country": "AT"}]},
    "CreatePromotion": {"code": "AUTUMN"},
}
# These change nothing where they answer well: the sample asks, or what it says is so already.
QUIET = {
    "CheckStock",
    "SetCartShipping",
    "PayOrder",
    "ReplayEvent",
    "ReplayEvents",
    "EndOtherSessions",
    "EnableUser",
    "SetUserRoles",
}
# These need someone to be there, or to be signed in by a cookie.
SIGNED_IN_BY_COOKIE = {"Refresh", "Logout"}
# Their samples bring what nobody was given, and «not you» is not kept.
UNKNOWN = {
    "ExchangeApiKey": 401, "PassSecondFactor": 401, "BeginSecondFactor": 403, "RemoveSecondFactor": 403,
    "RenewRecoveryCodes": 403, "RemoveOauthAccount": 403,
}  # fmt: skip
WITH_ACCOUNT = {"Login", "UpdateMe", *SIGNED_IN_BY_COOKIE}


class World:
    """A shop with one thing of each kind, whose state can be told and put back."""

    def __init__(self, shop: WholeShop) -> None:
        self.session, self.things, self.token = shop.session, shop.things, shop.token
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        self._digest = " UNION ALL ".join(
            f"SELECT '{table}', md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM {table} t"
            for table in self.session.scalars(text(tables))
        )

    def state(self) -> dict[str, str]:
        """What every table holds, as a digest."""
        self.session.expire_all()
        return dict(self.session.execute(text(self._digest)).all())


@pytest.fixture(scope="module")
def world(filled_shop: WholeShop) -> World:
    """One world for all routes; each example is rolled back."""
    return World(filled_shop)


def sample(route: Any, things: dict[str, str]) -> dict[str, Any]:
    """A function's sample event, aimed at what is there."""
    module = cloud().functions[route.function].module
    path = ROOT / "events" / module.partition("/")[0] / f"{module.rpartition('/')[2]}.json"
    event = json.loads(path.read_text())
    parts = route.path.split("/")
    event["rawPath"] = event["requestContext"]["http"]["path"] = "/".join(
        ("best" if part == "{slug}" else things[parts[place - 1]]) if part.startswith("{") else part
        for place, part in enumerate(parts)
    )
    body = json.loads(event.get("body") or "null")
    if body:
        event["body"] = json.dumps(_aimed(body, things) | INSTEAD.get(route.function, {}))
    return event


def _aimed(body: Any, things: dict[str, str]) -> Any:
    if isinstance(body, list):
        return [_aimed(each, things) for each in body]
    if isinstance(body, dict):
        return {name: things[NAMED[name]] if name in NAMED else _aimed(value, things) for name, value in body.items()}
    return body


def sender(route: Any, world: World) -> Callable[..., Reply]:
    """Send the route's sample event as a caller that nobody has been before."""
    entry = cloud().functions[route.function]
    event = sample(route, world.things)
    event["requestContext"]["http"]["sourceIp"] = (
        f"2001:db8:{secrets.randbelow(65536):x}:{secrets.randbelow(65536):x}::1"
    )
    if route.function in WITH_ACCOUNT:
        opened = register()
        event["cookies"] = [cookie_of(opened)] if route.function in SIGNED_IN_BY_COOKIE else []
        token = opened.data["accessToken"] if route.function == "UpdateMe" else None
    else:
        token = None if route.function in OPEN else world.token()
    if token:
        event["headers"]["authorization"] = f"Bearer {token}"

    def send(key: str | None, **changed: Any) -> Reply:
        headers = {name: value for name, value in event["headers"].items() if name != "idempotency-key"}
        headers |= {"idempotency-key": key} if key else {}
        return answered(function(entry.module).handler(event | {"headers": headers} | changed, context(entry.name)))

    return send


@pytest.mark.parametrize("route", MUTATIONS, ids=lambda route: route.function)
@given(key=KEYS)
@settings(max_examples=2, deadline=None, phases=[Phase.generate])
def test_a_mutation_under_a_key_acts_once_and_answers_the_same(world: World, route: Any, key: str) -> None:
    with world.session.connection().begin_nested() as savepoint:
        valkey.execute("FLUSHALL")
        send = sender(route, world)
        before = world.state()
        first = send(key)
        after = world.state()

        second = send(key)
        assert first.status < 500
        if route.function in UNKNOWN:
            assert first.status == second.status == UNKNOWN[route.function]
            assert world.state() == before
            savepoint.rollback()
            return
        assert first.status not in NOT_KEPT
        assert (second.status, second.body, second.cookies) == (first.status, first.body, first.cookies)
        assert second.headers["x-request-id"] == first.headers["x-request-id"]
        assert world.state() == after

        other = send(key, body='{"other": true}')
        assert (other.status, other.error["code"]) == (422, "IDEMPOTENCY_MISMATCH")
        assert world.state() == after
        # Refusals are kept and replayed like the rest, and change nothing the first time either.
        is_quiet = first.status >= 400 or route.function in QUIET
        assert after == before if is_quiet else after != before, first.body

        # Without a key it is another act.
        assert send(None).headers["x-request-id"] != first.headers["x-request-id"]
        savepoint.rollback()


def gives_rights(route: Any) -> bool:
    """Whether an endpoint looks its caller up, who then has to have an account."""
    module = cloud().functions[route.function].module
    return "BeyondYourOwn" in (ROOT / "functions" / f"{module}.py").read_text()


ONE_OF_EACH_DOMAIN = {
    cloud().functions[route.function].module.partition("/")[0]: route
    for route in MUTATIONS
    if "/admin/" in cloud().functions[route.function].module and not gives_rights(route)
}


@pytest.mark.parametrize("route", ONE_OF_EACH_DOMAIN.values(), ids=ONE_OF_EACH_DOMAIN)
def test_who_was_refused_for_who_they_are_may_send_it_again(world: World, route: Any) -> None:
    entry, event, caller = cloud().functions[route.function], sample(route, world.things), uuid7()

    def send(*permissions: str) -> int:
        token = tokens.sign(caller, session_id=uuid7(), roles=[], permissions=permissions)
        headers = event["headers"] | {"authorization": f"Bearer {token}", "idempotency-key": "one-key"}
        return answered(function(entry.module).handler(event | {"headers": headers}, context(entry.name))).status

    with world.session.connection().begin_nested() as savepoint:
        assert send("nothing:here") == 403
        assert send("*") != 403
        savepoint.rollback()
