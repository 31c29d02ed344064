"""What operators and machines ask: is it there, is it ready, what can it do; and what a deployment runs."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from sqlalchemy import text

from local.openapi_file import built
from ravo.operations.deployment.service import run_for_deployment
from ravo.platform.errors import Conflict
from ravo.platform.settings import forget_settings
from tests.gateway import call, context, function
from tests.grants import denials
from tests.identity.people import login


def test_it_is_alive_and_ready(database: Any) -> None:
    assert call("operations/store/get_health", "GET", "/api/v1/health").data == {"status": "ok"}
    ready = call("operations/store/get_readiness", "GET", "/api/v1/health/ready")
    assert (ready.status, ready.data) == (200, {"database": "ok", "cache": "ok", "events": "ok"})


def test_it_is_not_ready_without_its_bus_and_its_cache(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from ravo.platform import valkey

    monkeypatch.setenv("EVENT_BUS", "no-such-bus")
    monkeypatch.setenv("VALKEY_URL", "unix:///nowhere.sock")
    forget_settings()
    valkey.forget_connection()
    try:
        with denials():
            reply = call("operations/store/get_readiness", "GET", "/api/v1/health/ready")
    finally:
        monkeypatch.undo()
        forget_settings()
        valkey.forget_connection()

    assert (reply.status, reply.error["code"]) == (503, "UPSTREAM_UNAVAILABLE")
    assert [detail["field"] for detail in reply.error["details"]] == ["cache", "events"]


def test_the_api_describes_itself(database: Any) -> None:
    built()
    document = call("operations/store/get_openapi", "GET", "/api/v1/openapi.json").json

    assert document["openapi"] == "3.1.0"
    assert document["paths"]["/api/v1/catalog/products"]["get"]["operationId"] == "listProducts"
    assert document["components"]["securitySchemes"]["accessToken"]["scheme"] == "bearer"


def test_the_documentation_is_a_page_that_runs_nothing_else(database: Any) -> None:
    page = call("operations/store/get_docs", "GET", "/api/v1/docs")

    assert page.headers["content-type"].startswith("text/html")
    assert b"/api/v1/openapi.json" in page.body
    assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.fixture
def cloudformation() -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """An event of CloudFormation, and what it is told."""
    told: list[dict[str, Any]] = []

    class Listener(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    event = {
        "RequestType": "Create",
        "ResponseURL": f"http://127.0.0.1:{server.server_port}/told",
        "StackId": "arn:aws:cloudformation:eu-central-1:123456789012:stack/ravo/1",
        "RequestId": "one",
        "LogicalResourceId": "Migration",
    }
    yield event, told
    server.shutdown()
    server.server_close()


def test_a_deployment_is_told_that_its_work_is_done(database: Any, cloudformation: Any) -> None:
    event, told = cloudformation

    assert run_for_deployment(event, context("Migrate"), lambda: {"revision": "0002"}) == {"revision": "0002"}

    (answer,) = told
    assert (answer["Status"], answer["Data"]) == ("SUCCESS", {"revision": "0002"})
    assert (answer["PhysicalResourceId"], answer["RequestId"], answer["StackId"]) == (
        "Migration",
        "one",
        event["StackId"],
    )


def test_work_that_fails_fails_the_deployment_and_shows_no_internals(database: Any, cloudformation: Any) -> None:
    event, told = cloudformation

    def fail() -> dict[str, str]:
        raise RuntimeError("password of the database")

    with pytest.raises(RuntimeError):
        run_for_deployment(event, context("Migrate"), fail)

    assert told[0]["Status"] == "FAILED"
    assert "password" not in json.dumps(told)


def test_a_stack_that_goes_takes_no_data_with_it(database: Any, cloudformation: Any) -> None:
    event, told = cloudformation
    done: list[int] = []

    run_for_deployment(
        event | {"RequestType": "Delete", "PhysicalResourceId": "old"}, context("Migrate"), lambda: done.append(1) or {}
    )

    assert (done, told[0]["Status"], told[0]["PhysicalResourceId"]) == ([], "SUCCESS", "old")


def test_an_operator_makes_the_first_owner_and_no_second(database: Any) -> None:
    handler = function("identity/deploy/create_owner").handler
    owner = {"email": "owner@example.com", "password": "correct horse battery"}

    made = handler(owner, context("CreateOwner"))

    assert database.scalar(text("SELECT count(*) FROM users WHERE id = :id"), made) == 1
    assert login("owner@example.com").data["user"]["permissions"] == ["*"]
    with pytest.raises(Conflict, match="has an owner"):
        handler(owner | {"email": "second@example.com"}, context("CreateOwner"))
    assert database.scalar(text("SELECT count(*) FROM users")) == 1
