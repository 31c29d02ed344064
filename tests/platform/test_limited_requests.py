"""Limits at the door: which requests are refused before anything else, and what every answer says of what is left."""

import base64
from typing import Any

import pytest
from fastapi import Response

from ravo.platform.errors import Conflict
from ravo.platform.http import Answer, anyone, create_app, lambda_handler, refusals, signed_in
from ravo.platform.http.limits import CountedRequest, by_network
from ravo.platform.http.responses import answer
from ravo.platform.limits import Limit
from ravo.platform.schemas import Input, Reply
from tests.conftest import token_for
from tests.gateway import Reply as Got
from tests.gateway import answered, context, event

ADA = "address:203.0.113.7"


@pytest.fixture(autouse=True)
def _empty(database: Any) -> None:
    """Valkey with nothing in it."""


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Two requests a minute for an address, three for a user."""
    from ravo.platform.settings import forget_settings

    monkeypatch.setenv("RATE_LIMIT_PER_ADDRESS", "2")
    monkeypatch.setenv("RATE_LIMIT_PER_USER", "3")
    forget_settings()
    yield
    monkeypatch.undo()
    forget_settings()


class Thing(Input):
    name: str


class Echo(Reply):
    name: str


async def echo(thing: Thing) -> Response:
    """Say a thing again."""
    if thing.name == "taken":
        raise Conflict
    return answer(Echo(name=thing.name))


async def get() -> Response:
    """Say the same thing."""
    return answer(Echo(name="thing"))


def send(
    method: str = "POST", path: str = "/things", *, access: Any = anyone, limited: Any = None, **request: Any
) -> Got:
    app = create_app()
    options: dict[str, Any] = {"response_model": Answer[Echo], "responses": refusals(), "dependencies": [access]}
    app.add_api_route("/things", echo, methods=["POST"], **options)
    app.add_api_route("/things", get, methods=["GET"], **options)
    handler = lambda_handler(app, limited=limited) if limited else lambda_handler(app)
    return answered(handler(event(method, path, **request), context("Things")))


def test_requests_are_counted_against_the_limit_of_address_or_user(few: None) -> None:
    guests = [send(body={"name": "x"}) for _ in range(3)]
    token = token_for()
    users = [send(body={"name": "x"}, token=token).status for _ in range(4)]
    elsewhere = send(body={"name": "x"}, address="198.51.100.4").status

    assert [reply.status for reply in guests] == [200, 200, 429]
    assert [reply.headers["ratelimit-remaining"] for reply in guests] == ["1", "0", "0"]
    assert {reply.headers["ratelimit-limit"] for reply in guests} == {"2"}
    assert 0 < int(guests[2].headers["retry-after"]) <= 60
    assert guests[2].headers["x-content-type-options"] == "nosniff"
    assert (users, elsewhere) == ([200, 200, 200, 429], 200)


def test_the_addresses_of_an_ipv6_line_share_a_limit(few: None) -> None:
    statuses = [send(body={"name": "x"}, address=f"2001:db8::{n}").status for n in range(3)]

    assert statuses == [200, 200, 429]
    assert send(body={"name": "x"}, address="2001:db8:0:1::1").status == 200


KEY = {"idempotency-key": "key-limits"}


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (200, {"body": {"name": "x"}}),
        (404, {"path": "/nothing"}),
        (405, {"method": "PUT"}),
        (409, {"body": {"name": "taken"}}),
        (413, {"body": {"name": "x" * 2 * 1024 * 1024}}),
        (415, {"body": "x", "headers": {"content-type": "text/plain"}}),
        (422, {"body": "{"}),
        (422, {"body": {"name": "x"}, "headers": {"idempotency-key": "ü"}}),
        (401, {"body": {"name": "x"}, "token": "forged"}),
        (401, {"body": {"name": "x"}, "access": signed_in}),
    ],
)
def test_every_answer_says_what_is_left(status: int, request_: dict[str, Any]) -> None:
    reply = send(**request_)

    assert reply.status == status
    assert reply.headers["ratelimit-limit"] == "100000"
    assert reply.headers["ratelimit-remaining"] == "99999"
    assert int(reply.headers["ratelimit-reset"]) == 60


def test_a_replayed_answer_and_one_that_has_not_changed_say_what_is_left_now() -> None:
    first, replayed = (send(body={"name": "x"}, headers=KEY) for _ in range(2))
    got = send("GET")
    unchanged = send("GET", headers={"if-none-match": got.headers["etag"]})

    assert (replayed.status, replayed.body, unchanged.status) == (200, first.body, 304)
    said = [reply.headers["ratelimit-remaining"] for reply in (first, replayed, got, unchanged)]
    assert said == ["99999", "99998", "99997", "99996"]


def test_an_endpoint_may_have_a_limit_of_its_own_and_refuses_before_it_does_anything() -> None:
    door = by_network(Limit("door", 1))

    first, second = (send(body={"name": "x"}, limited=door, headers={"idempotency-key": "key-door"}) for _ in range(2))

    assert (first.status, first.headers["ratelimit-limit"], first.headers["ratelimit-remaining"]) == (200, "1", "0")
    # Also what would be replayed counts.
    assert (second.status, second.error["code"]) == (429, "RATE_LIMITED")


def test_a_whole_request_asks_valkey_once(round_trips: list[Any]) -> None:
    door = by_network(Limit("door", 9))
    send(body={"name": "x"}, limited=door)
    token = token_for()
    send(body={"name": "x"}, limited=door, token=token)
    round_trips.clear()

    send(body={"name": "x"}, limited=door)
    send(body={"name": "x"}, limited=door, token=token)

    assert len(round_trips) == 2


def test_what_is_sent_over_a_limit_is_not_looked_at() -> None:
    door = by_network(Limit("tiny", 1))
    text = {"content-type": "text/plain"}

    assert [send(body="x" * 2_000_000, headers=text, limited=door).status for _ in range(2)] == [413, 429]


def asking(body: str | None, *, encoded: bool = False) -> CountedRequest:
    return CountedRequest(event("POST", "/", body=body) | {"isBase64Encoded": encoded}, ADA, ADA)


@pytest.mark.parametrize("body", [None, "", "{", "[" * 100_000, "1" * 5_000, '"' + "x" * 2_000_000 + '"', "\ud800"])
def test_a_body_that_no_endpoint_would_take_says_nothing_to_limits(body: str | None) -> None:
    assert asking(body).body() is None


def test_limits_read_a_body_as_its_endpoint_does() -> None:
    utf16 = base64.b64encode('{"name": "ä"}'.encode("utf-16")).decode()

    assert asking('{"name": "a", "name": "b"}').body() == {"name": "b"}
    assert asking(utf16, encoded=True).body() == {"name": "ä"}
    assert asking("no base64", encoded=True).body() is None


def test_what_fails_before_the_endpoint_is_answered_like_what_fails_in_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from ravo.platform.settings import forget_settings

    token = token_for()
    monkeypatch.delenv("VERIFICATION_KEYS")
    forget_settings()

    reply = send(body={"name": "x"}, token=token)

    monkeypatch.undo()
    forget_settings()
    assert (reply.status, reply.error["code"]) == (500, "INTERNAL")
    assert "VERIFICATION" not in reply.body.decode()
    assert reply.headers["x-content-type-options"] == "nosniff"
