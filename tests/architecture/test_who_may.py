"""Who may call what, and with which fields: asked of every route there is, by everyone there is."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.openapi_file import built
from ravo.identity.permissions import PERMISSIONS, ROLES
from ravo.platform import tokens, valkey
from ravo.platform.ids import uuid7
from tests.architecture.test_functions import ENDPOINTS, OPEN, ROUTED, accesses, route_of
from tests.conftest import token_for
from tests.gateway import ROOT, context, function
from tests.identity.people import register
from tests.identity.staff import member
from tests.sales.carts import new_cart
from tests.sales.orders import checkout, ready_cart
from tests.whole_shop import aimed, fill

# What the door says; every other answer was given inside.
STRANGER = {
    "Sign in to do this.",
    "Send the access token as a bearer token.",
    "The access token is not valid, or no longer.",
}
FORBIDDEN = {"You may not do this.", "A machine's key has no account."}
GARBAGE = "eyJhbGciOiJub25lIn0.e30."


def sample(entry: Any) -> dict[str, Any]:
    """A request that the function's file of events has."""
    path = ROOT / "events" / entry.module.partition("/")[0] / f"{entry.module.rpartition('/')[2]}.json"
    return json.loads(path.read_text())


def ask(database: Any, entry: Any, token: str | None, event: dict[str, Any]) -> tuple[int, str]:
    """Call a function and take back what it did; answers the status, and the message of a refusal."""
    valkey.execute("FLUSHALL")
    headers = {**event["headers"], **({"authorization": f"Bearer {token}"} if token else {})}
    headers.pop("accept-encoding", None)
    with database.connection().begin_nested() as savepoint:
        answer = function(entry.module).handler(event | {"headers": headers}, context(entry.name))
        savepoint.rollback()
    refused = answer["statusCode"] in (401, 403)
    return answer["statusCode"], json.loads(answer["body"])["error"]["message"] if refused else ""


def admission(database: Any, entry: Any, token: str | None) -> str:
    """What the door makes of someone: in, stranger or forbidden."""
    _, message = ask(database, entry, token, sample(entry))
    return "stranger" if message in STRANGER else "forbidden" if message in FORBIDDEN else "in"


def machine(*permissions: str) -> str:
    key = uuid7()
    return tokens.sign(key, session_id=key, roles=[], permissions=permissions, kind="key")


def expected(entry: Any) -> Iterator[tuple[str, str | None, str]]:
    """Everyone there is, by name and token, and what the route's declaration says of them."""
    (declared, *_) = accesses(route_of(entry.module).dependant)
    kind = type(declared).__name__
    if kind == "_Signed":
        yield from (("nobody", None, "in"), ("garbage", GARBAGE, "in"))
        return
    yield "nobody", None, "in" if entry.name in OPEN else "stranger"
    yield "garbage", GARBAGE, "stranger"
    if kind != "_Allowed":
        yield "customer", token_for(), "in"
        yield "machine", machine("*"), "in" if entry.name in OPEN else "forbidden"
        return
    permission = declared.permission
    others = set(PERMISSIONS) - {"*", permission}
    for role in ROLES:
        may = {"*", permission} & set(role.permissions)
        yield role.name, token_for(*role.permissions), "in" if may else "forbidden"
    yield "exactly who may", token_for(permission), "in"
    yield "everyone else", token_for(*others), "forbidden"
    yield "machine that may", machine(permission), "in"
    yield "other machine", machine(*others), "forbidden"


@pytest.mark.parametrize("entry", ENDPOINTS, ids=lambda entry: entry.name)
def test_a_route_lets_in_whom_its_declaration_names_and_nobody_else(entry: Any, database: Any) -> None:
    everyone = list(expected(entry))

    found = {name: admission(database, entry, token) for name, token, _ in everyone}

    assert found == {name: outcome for name, _, outcome in everyone}


OWN = [
    entry
    for entry in ENDPOINTS
    if "/admin/" not in entry.module and any(f"/{what}/{{" in ROUTED[entry.name].path for what in ("orders", "carts"))
]


@pytest.mark.parametrize("entry", OWN, ids=lambda entry: entry.name)
def test_what_belongs_to_someone_else_is_not_there(entry: Any, database: Any, staff_token: str) -> None:
    shop = fill(database, staff_token)
    ada, eve = (register(f"{name}@example.com").data["accessToken"] for name in ("ada", "eve"))
    ready = ready_cart(database, (shop["variants"], 1), rate=shop["rates"], token=ada)
    shop["orders"] = checkout(ready, token=ada).data["orderId"]
    shop["carts"] = new_cart(token=ada)["id"]
    event = sample(entry)
    event |= {"rawPath": aimed(ROUTED[entry.name].path, shop)}
    if entry.name == "SetCartShipping":
        event |= {"body": json.dumps({"shippingRateId": shop["rates"]})}
    event["requestContext"]["http"]["path"] = event["rawPath"]

    status, _ = ask(database, entry, eve, event)

    assert status == 404


# What a curious client would add to a write: what decides who one is, what one may, and what the shop keeps by itself.
STRANGE = {
    "id": "01936b7e-8c1a-7def-9a3b-2f4c5d6e7f80",
    "userId": "01936b7e-8c1a-7def-9a3b-2f4c5d6e7f80",
    "role": "super_admin",
    "roles": ["super_admin"],
    "permissions": ["*"],
    "isSystem": True,
    "isAdmin": True,
    "emailVerified": True,
    "passwordHash": "x",
    "createdAt": "2026-01-01T00:00:00Z",
    "deletedAt": None,
    "version": 999,
    "__proto__": {},
}


def writes() -> Iterator[Any]:
    document = json.loads(built().read_text())
    operations = {(m.upper(), path): o for path, methods in document["paths"].items() for m, o in methods.items()}
    for entry in ENDPOINTS:
        operation = operations[ROUTED[entry.name].method, ROUTED[entry.name].path]
        schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        if schema:
            names = [*(each.get("$ref", "") for each in schema.get("anyOf", [])), schema.get("$ref", "")]
            (name,) = [name.rpartition("/")[2] for name in names if name]
            fields = document["components"]["schemas"][name]["properties"]
            yield pytest.param(entry, frozenset(fields), id=entry.name)


@pytest.mark.parametrize(("entry", "fields"), list(writes()))
def test_a_write_takes_no_field_that_it_does_not_name(
    entry: Any, fields: frozenset[str], database: Any, statements: list[str]
) -> None:
    owner = member(database, role="super_admin").token
    given = json.loads(sample(entry).get("body") or "{}")
    statements.clear()

    for name in STRANGE.keys() - fields:
        event = sample(entry) | {"body": json.dumps(given | {name: STRANGE[name]})}
        event["headers"] |= {"content-type": "application/json", "authorization": f"Bearer {owner}"}
        event["headers"] |= {"idempotency-key": str(uuid7())}
        event["headers"].pop("accept-encoding", None)
        valkey.execute("FLUSHALL")
        answer = function(entry.module).handler(event, context(entry.name))

        assert answer["statusCode"] == 422, name
        assert name in [detail["field"] for detail in json.loads(answer["body"])["error"]["details"]]
    assert statements == []
