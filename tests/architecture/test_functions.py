"""One name for each function, in its file, its template, its route, its event and the API's description; and who may call it."""

import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.routing import APIRoute

from local.openapi import describe
from local.openapi_file import built
from ravo.identity.permissions import PERMISSIONS
from ravo.platform.events import Event
from ravo.platform.http.access import Access
from tests.gateway import ROOT, context, function
from tests.identity.staff import member
from tests.jobs import cloud

FILES = sorted(
    path.relative_to(ROOT / "functions").with_suffix("").as_posix() for path in (ROOT / "functions").glob("*/*/*.py")
)
ROUTED = {route.function: route for route in cloud().routes}
ENDPOINTS = [f for f in cloud().functions.values() if f.name in ROUTED]
# Whoever opens these is nobody yet, or anybody: the shop window, the doors, and what tells machines how things are.
OPEN = {
    "GetCollection", "GetProduct", "ListCategories", "ListProducts", "ListRecommendations", "SuggestSearches",
    "Register", "Login", "Refresh", "Logout", "GetJwks", "ExchangeApiKey", "StartOauth", "FinishOauth", "DownloadPersonalData",
    "PassSecondFactor", "VerifyEmail", "ForgotPassword", "ResetPassword", "ChangeEmail",
    "CheckStock", "CreateReservation", "DeleteReservation",
    "CreateCart", "GetCart", "AddCartItem", "UpdateCartItem", "RemoveCartItem", "SetCartAddress", "ListShippingOptions",
    "SetCartShipping", "EnterCartCode", "RemoveCartCode", "Checkout", "PayOrder", "TrackOrder",
    "GetDocs", "GetHealth", "GetOpenapi", "GetReadiness",
}  # fmt: skip


# What an event may say: ids, numbers, codes of our own like an order's number, a product's SKU or a role's name.
SAFE_IN_EVENTS = (UUID, UUID | None, int, bool, str, list[UUID], list[str], dict[UUID, int])


def pascal(name: str) -> str:
    return "".join(part.title() for part in name.split("_"))


def route_of(module: str) -> APIRoute:
    app = importlib.import_module("functions." + module.replace("/", ".")).app
    (route,) = [route for route in app.routes if isinstance(route, APIRoute)]
    return route


def accesses(dependant: Any) -> list[Access]:
    found = [dependant.call] if isinstance(dependant.call, Access) else []
    return found + [access for inner in dependant.dependencies for access in accesses(inner)]


def test_every_file_is_a_function_of_the_templates_and_every_function_has_its_file() -> None:
    assert {f.module for f in cloud().functions.values()} == set(FILES)


@pytest.mark.parametrize("name", sorted(cloud().functions))
def test_a_function_has_one_name_everywhere(name: str) -> None:
    entry = cloud().functions[name]
    own = entry.module.rpartition("/")[2]
    assert pascal(own) == name
    event = ROOT / "events" / entry.module.partition("/")[0] / f"{own}.json"
    assert event.exists(), f"{event} is missing"
    if name in ROUTED:
        route = route_of(entry.module)
        assert route.endpoint.__name__ == own
        assert route.operation_id is None
        assert (route.methods, route.path) == ({ROUTED[name].method}, ROUTED[name].path)


def test_webhooks_alone_are_neither_counted_nor_replayed() -> None:
    for entry in ENDPOINTS:
        source = (ROOT / "functions" / f"{entry.module}.py").read_text()
        assert ("handler = webhook_handler(app)" in source) == ("/webhooks/" in entry.module), entry.name


def test_every_event_belongs_to_a_function() -> None:
    events = {path.relative_to(ROOT / "events").with_suffix("").as_posix() for path in (ROOT / "events").glob("*/*")}
    functions = {f"{f.module.partition('/')[0]}/{f.module.rpartition('/')[2]}" for f in cloud().functions.values()}

    assert events == functions


@pytest.mark.parametrize("entry", ENDPOINTS, ids=lambda entry: entry.name)
def test_a_route_says_who_may_call_it(entry: Any) -> None:
    route = route_of(entry.module)
    declared = accesses(route.dependant)

    assert declared, "declare anyone, by_cookie, signed_in or allowed(…)"
    kinds = {type(access).__name__ for access in declared}
    if entry.name in OPEN:
        # To change something by no more than a cookie takes a page of ours.
        by_cookie = route.dependant.cookie_params and route.methods != {"GET"}
        assert kinds == {"_ByCookie" if by_cookie else "Access"}
    elif "/webhooks/" in entry.module:
        assert kinds == {"_Signed"}
    else:
        assert "Access" not in kinds
    for access in declared:
        assert getattr(access, "permission", "*") in PERMISSIONS
    if "/admin/" in entry.module:
        assert kinds == {"_Allowed"}


@pytest.mark.parametrize("entry", ENDPOINTS, ids=lambda entry: entry.name)
def test_an_endpoint_answers_its_sample_event_by_right_alone(entry: Any, database: Any) -> None:
    from tests.conftest import token_for

    path = ROOT / "events" / entry.module.partition("/")[0] / f"{entry.module.rpartition('/')[2]}.json"
    event = json.loads(path.read_text())
    handler = function(entry.module).handler

    def status(token: str | None) -> int:
        headers = dict(event["headers"]) | ({"authorization": f"Bearer {token}"} if token else {})
        return handler(event | {"headers": headers}, context(entry.name))["statusCode"]

    if entry.name in OPEN or "/webhooks/" in entry.module:
        assert status(None) in (200, 201, 202, 204, 302, 303, 401, 404, 422)
        return
    assert status(None) == 401
    if "/admin/" in entry.module:
        assert status(token_for()) == 403
        assert status(token_for("unrelated:permission")) == 403
    # Some samples bring a password, which is not this owner's.
    asks = ("second_factor", "recovery_codes", "remove_oauth_account")
    not_proven = {403} if any(what in entry.module for what in asks) else set[int]()
    assert status(member(database, role="super_admin").token) in {200, 201, 202, 204, 404, 409, 422} | not_proven


@pytest.mark.parametrize(
    # What a deployment runs has tests of its own.
    "entry",
    [f for f in cloud().functions.values() if f.name not in ROUTED and "/deploy/" not in f.module],
    ids=lambda entry: entry.name,
)
def test_a_job_takes_its_sample_event(entry: Any, database: Any) -> None:
    path = ROOT / "events" / entry.module.partition("/")[0] / f"{entry.module.rpartition('/')[2]}.json"

    answer = function(entry.module).handler(json.loads(path.read_text()), context(entry.name))

    assert answer in (None, {"batchItemFailures": []}, {"drift": []})


def test_the_description_of_the_api_is_what_the_code_says() -> None:
    assert json.loads(built().read_text()) == json.loads(json.dumps(describe(ROOT)))


def test_every_operation_is_described_with_its_refusals_and_an_example() -> None:
    operations = [
        (path, operation) for path, methods in describe(ROOT)["paths"].items() for operation in methods.values()
    ]

    assert len({operation["operationId"] for _, operation in operations}) == len(operations) == len(ENDPOINTS)
    for path, operation in operations:
        assert operation["summary"], path
        assert operation["description"], path
        assert {"413", "422", "429", "500", "503"} <= set(operation["responses"]), path
        for status, answer in operation["responses"].items():
            content = answer.get("content", {}).get("application/json")
            if status.startswith("2") and content:
                assert "example" in content, path


SOURCES = sorted([*(ROOT / "shared" / "ravo").rglob("*.py"), *(ROOT / "functions").rglob("*.py")])


def test_an_endpoint_has_no_if_and_one_transaction_at_most() -> None:
    for module in FILES:
        source = (ROOT / "functions" / f"{module}.py").read_text()
        assert not re.search(r"^\s+(if|for|while|try)\b", source, re.MULTILINE) or "/schedules/" in module, module
        assert source.count("with transaction()") <= 1, module


def test_only_the_platform_commits() -> None:
    for path in SOURCES:
        if "platform" not in path.parts:
            assert ".commit(" not in path.read_text(), path


def test_sql_stands_in_queries_alone() -> None:
    allowed = ("queries", "models", "platform")
    for path in SOURCES:
        name = path.relative_to(ROOT).as_posix()
        if not any(part in name for part in allowed):
            assert not re.search(r"(?<![.\w])(text\(|(select|insert|update|delete)\([A-Z])", path.read_text()), name


def test_no_event_can_carry_personal_data() -> None:
    """The bus, its archive and dead letters can't be made to forget."""
    for path in (ROOT / "shared" / "ravo").rglob("events.py"):
        importlib.import_module(".".join(path.relative_to(ROOT / "shared").with_suffix("").parts))
    kinds = list(_below(Event))
    assert len(kinds) > 20
    for kind in kinds:
        for name, field in kind.model_fields.items():
            assert not re.search("mail|name|phone|address|note|token|password|agent|recipient", name), (kind, name)
            assert field.annotation in SAFE_IN_EVENTS, (kind, name)


def _below(kind: type[Event]) -> Iterator[type[Event]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def test_every_module_says_what_lives_in_it_and_is_of_a_size_to_read() -> None:
    for path in SOURCES:
        source = path.read_text()
        assert source.startswith('"""'), path
        assert source.count("\n") <= 360, path


def test_the_project_names_no_secret() -> None:
    pattern = re.compile(
        r"AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----\n|sk-[A-Za-z0-9]{20,}|ravo_[a-z0-9]{8}_[A-Za-z0-9]{40}"
    )
    for folder in ("shared", "functions", "local", "events", "docs"):
        for path in Path(ROOT / folder).rglob("*.*"):
            if path.suffix in (".py", ".yaml", ".json", ".md"):
                assert not pattern.search(path.read_text()), path
