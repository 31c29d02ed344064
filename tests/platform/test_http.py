"""The endpoint kit: envelope, refusals, limits of a body, compression, headers, permissions."""

import gzip
import json
from contextvars import ContextVar
from typing import Any

import pytest
from fastapi import Response

from ravo.platform.errors import RateLimited
from ravo.platform.http import Caller, allowed, answer, create_app, signed_in
from ravo.platform.http.app import Undeclared
from ravo.platform.tokens import verify
from tests.conftest import token_for
from tests.platform.things import Echo, Thing, app_of, calls, echo, send


@pytest.fixture(autouse=True)
def _fresh(database: Any) -> None:
    calls.clear()


def test_an_answer_is_in_its_envelope_and_has_an_id_to_find_the_log_by() -> None:
    reply = send(app_of(echo), body={"name": "Mat"})

    assert reply.json["success"] is True
    assert reply.data == {"name": "Mat", "price": None}
    assert reply.json["meta"]["requestId"] == reply.headers["x-request-id"]
    assert reply.json["meta"]["timestamp"].endswith("Z")
    assert reply.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"body": "{"}, 422, "VALIDATION_ERROR"),
        ({"body": '"text"'}, 422, "VALIDATION_ERROR"),
        ({"body": "[1]"}, 422, "VALIDATION_ERROR"),
        ({"body": '{"name": NaN}'}, 422, "VALIDATION_ERROR"),
        ({"body": "[" * 100_000}, 422, "VALIDATION_ERROR"),
        ({"body": None}, 422, "VALIDATION_ERROR"),
        ({"body": {"name": "a", "nmae": "b"}}, 422, "VALIDATION_ERROR"),
        ({"body": {"name": "a\x00b"}}, 422, "VALIDATION_ERROR"),
        ({"body": '{"name": "a\x00"}'}, 422, "VALIDATION_ERROR"),
        ({"body": {"name": "x" * 2 * 1024 * 1024}}, 413, "PAYLOAD_TOO_LARGE"),
        ({"body": "name=a", "headers": {"content-type": "application/x-www-form-urlencoded"}}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"body": "<a/>", "headers": {"content-type": "text/xml"}}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"body": {"name": "a"}, "query": {"q": "\x00"}}, 422, "VALIDATION_ERROR"),
        ({"body": {"name": "a", "price": {"amount": "1e9", "currency": "EUR"}}}, 422, "VALIDATION_ERROR"),
        ({"body": {"name": "a", "price": {"amount": "1.5", "currency": "JPY"}}}, 422, "VALIDATION_ERROR"),
        ({"body": {"name": "a", "price": {"amount": "NaN", "currency": "EUR"}}}, 422, "VALIDATION_ERROR"),
        ({"body": {"name": "\ud800"}}, 422, "VALIDATION_ERROR"),
    ],
)  # fmt: skip
def test_a_body_that_can_not_be_wanted_gets_a_clear_refusal(request_: Any, status: int, code: str) -> None:
    reply = send(app_of(echo), **request_)

    assert (reply.status, reply.error["code"]) == (status, code), reply.body
    assert reply.json["success"] is False
    assert calls == []


def test_a_name_with_the_letters_of_an_escape_is_no_nul_byte() -> None:
    assert send(app_of(echo), body='{"name": "a\\\\u0000"}').data["name"] == "a\\u0000"


def test_a_refusal_names_the_field_in_the_callers_spelling() -> None:
    reply = send(app_of(echo), body={"name": 5, "price": {"amount": "1.555", "currency": "EUR"}})

    assert {d["field"] for d in reply.error["details"]} == {"name", "price"}
    assert "an amount in EUR has at most 2 decimals" in [d["message"] for d in reply.error["details"]]


def test_an_address_that_is_not_there_and_a_method_that_is_not_answered() -> None:
    app = app_of(echo)

    assert (send(app, "GET", "/other").status, send(app, "GET").status) == (404, 405)
    assert send(app, "GET", "/other").error["code"] == "NOT_FOUND"
    assert send(app, "GET").error["code"] == "METHOD_NOT_ALLOWED"


def test_what_nobody_expected_is_a_500_without_internals_and_a_log_line(caplog: pytest.LogCaptureFixture) -> None:
    async def broken() -> Response:
        raise RuntimeError("secret detail")

    reply = send(app_of(broken, method="GET"), "GET")

    assert (reply.status, reply.error["code"]) == (500, "INTERNAL")
    assert "secret detail" not in reply.body.decode()
    (line,) = [record for record in caplog.records if record.message == "unhandled error"]
    assert "secret detail" in str(line.exc_info)


def test_an_endpoint_that_waits_for_an_event_loop_is_a_500_and_not_a_hang(caplog: pytest.LogCaptureFixture) -> None:
    import asyncio

    async def wait(thing: Thing) -> Response:
        await asyncio.sleep(0)
        return answer(Echo(name=thing.name))

    reply = send(app_of(wait), body={"name": "Mat"})

    assert (reply.status, reply.error["code"]) == (500, "INTERNAL")
    assert [record.message for record in caplog.records] == ["unhandled error"]


def test_an_answer_that_can_not_be_finished_is_a_500_without_internals() -> None:
    async def break_out(thing: Thing) -> Response:
        return Response(headers={"location": f"/{thing.name}"})

    reply = send(app_of(break_out), body={"name": "a\r\nset-cookie: mine=1"})

    assert (reply.status, reply.error["code"]) == (500, "INTERNAL")
    assert "mine" not in f"{reply.body!r}{reply.headers}{reply.cookies}"


def test_what_a_request_sets_ends_with_it() -> None:
    spoken: ContextVar[str] = ContextVar("spoken", default="nobody")
    heard: list[str] = []

    async def speak(thing: Thing) -> Response:
        heard.append(spoken.get())
        spoken.set(thing.name)
        return answer(Echo(name=thing.name))

    app = app_of(speak)
    for name in ("Ada", "Bob"):
        send(app, body={"name": name})

    assert (heard, spoken.get()) == (["nobody", "nobody"], "nobody")


def test_a_refusal_leaves_a_log_line_with_its_fields_and_without_what_was_sent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    from ravo.platform.observability import logger

    logger().setLevel("INFO")
    reply = send(app_of(echo), body={"name": "my secret", "price": "9"})
    logger().setLevel("WARNING")

    (line,) = [record for record in caplog.records if record.message == "refused"]
    assert (reply.status, line.code, line.status, line.fields) == (422, "VALIDATION_ERROR", 422, ["price"])
    assert "my secret" not in str(vars(line))


def test_what_is_logged_of_a_request_names_who_asks_by_id_and_the_next_one_s_nobody() -> None:
    from ravo.platform.observability import logger

    token = token_for()
    known = send(app_of(echo), body={"name": "x", "price": "9"}, token=token)
    asked = logger().get_current_keys()["caller"]
    guest = send(app_of(echo), body={"name": "x", "price": "9"})

    assert (known.status, guest.status) == (422, 422)
    assert asked == str(verify(token).id)
    assert logger().get_current_keys()["caller"] is None


def test_a_refusal_that_says_when_to_come_back() -> None:
    async def busy() -> Response:
        raise RateLimited(retry_after=7)

    reply = send(app_of(busy, method="GET"), "GET")

    assert (reply.status, reply.headers["retry-after"]) == (429, "7")


def test_long_answers_are_compressed_for_those_who_can_read_it() -> None:
    app = app_of(echo)
    long = {"name": "lorem " * 500}

    plain = send(app, body=long)
    packed = send(app, body=long, headers={"accept-encoding": "br, gzip"})
    short = send(app, body={"name": "x"}, headers={"accept-encoding": "gzip"})

    assert (plain.headers.get("content-encoding"), plain.headers["vary"]) == (None, "Accept-Encoding")
    assert packed.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.body))["data"]["name"] == long["name"].strip()
    assert len(packed.body) < len(plain.body) / 10
    assert "content-encoding" not in short.headers


def test_every_answer_carries_the_headers_that_keep_browsers_safe() -> None:
    for reply in (send(app_of(echo), body={"name": "x"}), send(app_of(echo), "GET", "/other")):
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["x-frame-options"] == "DENY"
        assert reply.headers["content-security-policy"] == "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
        assert "max-age=" in reply.headers["strict-transport-security"]


def test_a_route_that_does_not_say_who_may_call_it_can_not_be_made() -> None:
    app = create_app()

    with pytest.raises(Undeclared, match="declare anyone, by_cookie, signed_in or allowed"):
        app.get("/open")(echo)


def test_only_those_with_the_permission_get_in() -> None:
    app = app_of(echo, access=allowed("things:write"))
    body = {"name": "x"}

    assert send(app, body=body).error["code"] == "UNAUTHENTICATED"
    assert send(app, body=body, token=token_for("things:read")).error["code"] == "FORBIDDEN"
    assert send(app, body=body, token=token_for("things:write")).status == 200
    assert send(app, body=body, token=token_for("*")).status == 200
    assert send(app_of(echo, access=signed_in), body=body, token=token_for()).status == 200


def test_the_endpoint_learns_who_calls() -> None:
    async def who(caller: Caller) -> Response:
        return answer(Echo(name=",".join(sorted(caller.roles))))

    assert send(app_of(who, method="GET"), "GET", token=token_for()).data["name"] == "staff"
