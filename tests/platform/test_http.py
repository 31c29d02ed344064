"""The endpoint kit: envelope, refusals, limits of a body, compression, headers, permissions, and a request done once."""

import gzip
import json
import time
from contextvars import ContextVar
from typing import Annotated, Any

import pytest
from fastapi import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import Field

from ravo.platform.errors import Conflict, RateLimited
from ravo.platform.http import Answer, Caller, allowed, answer, anyone, create_app, lambda_handler, refusals, signed_in
from ravo.platform.http.app import Undeclared
from ravo.platform.schemas import Input, Money, MoneyInput, Reply
from ravo.platform.tokens import verify
from tests.conftest import ENVIRONMENT, token_for
from tests.gateway import Reply as Got
from tests.gateway import context, event

calls: list[str] = []


class Thing(Input):
    name: Annotated[str, Field(max_length=2_000_000)]
    price: MoneyInput | None = None


class Echo(Reply):
    name: str
    price: Money | None = None


def app_of(endpoint: Any, *, method: str = "POST", access: Any = anyone, path: str = "/things") -> Any:
    app = create_app()
    app.add_api_route(
        path, endpoint, methods=[method], response_model=Answer[Echo], responses=refusals(), dependencies=[access]
    )
    return app


async def echo(thing: Thing) -> Response:
    """Say a thing again."""
    calls.append(thing.name)
    return answer(Echo(name=thing.name))


def send(app: Any, method: str = "POST", path: str = "/things", **request: Any) -> Got:
    raw = lambda_handler(app)(event(method, path, **request), context("Things"))
    body = raw.get("body") or ""
    import base64

    decoded = base64.b64decode(body) if raw.get("isBase64Encoded") else body.encode()
    headers = {name.lower(): value for name, value in raw["headers"].items()}
    return Got(raw["statusCode"], headers, decoded, raw.get("cookies", []))


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


def keyed(app: Any, key: str, body: Any, token: str | None = None) -> Got:
    return send(app, body=body, token=token, headers={"idempotency-key": key})


def test_a_request_with_a_key_is_done_once_and_answered_the_same() -> None:
    app = app_of(echo)

    first, second = keyed(app, "key-1", {"name": "Mat"}), keyed(app, "key-1", {"name": "Mat"})

    assert calls == ["Mat"]
    assert (second.status, second.body) == (first.status, first.body)


def test_a_key_of_another_request_is_refused() -> None:
    app = app_of(echo)
    keyed(app, "key-2", {"name": "Mat"})

    reply = keyed(app, "key-2", {"name": "Hat"})

    assert (reply.status, reply.error["code"]) == (422, "IDEMPOTENCY_MISMATCH")
    assert calls == ["Mat"]


def test_keys_of_different_callers_are_different_keys() -> None:
    app = app_of(echo)

    keyed(app, "key-3", {"name": "Mat"}, token_for())
    keyed(app, "key-3", {"name": "Hat"}, token_for())

    assert calls == ["Mat", "Hat"]


@pytest.mark.parametrize("key", ["", "has space", "ü", "x" * 256])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    reply = keyed(app_of(echo), key, {"name": "Mat"})

    assert (reply.status, reply.error["details"][0]["field"]) == (422, "Idempotency-Key")
    assert reply.headers["x-content-type-options"] == "nosniff"


PRINTABLE = st.characters(min_codepoint=0x21, max_codepoint=0x7E)


@given(key=st.text(PRINTABLE, min_size=1, max_size=255), around=st.text(max_size=3))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_printable_key_is_one_and_no_other(key: str, around: str) -> None:
    calls.clear()
    token, app = token_for(), app_of(echo)
    # To end with another character is to be another key, or none.
    is_key = all("!" <= character <= "~" for character in around) and len(key + around) <= 255
    other_key = bool(around) and is_key

    replies = [keyed(app, each, {"name": "Mat"}, token) for each in (key, key, key + around)]

    assert [reply.status for reply in replies] == [200, 200, 200 if is_key else 422]
    assert len(calls) == (2 if other_key else 1)


def test_what_is_kept_reveals_nothing_of_the_request_or_its_answer() -> None:
    from ravo.platform import aws

    token = token_for()
    keyed(app_of(echo), "key-of-a-secret", {"name": "my secret"}, token)

    table = aws.client("dynamodb").scan(TableName=ENVIRONMENT["IDEMPOTENCY_TABLE"], ConsistentRead=True)["Items"]
    kept = json.dumps(table)
    assert table
    assert {name for item in table for name in item} <= {
        "id", "status", "expiration", "in_progress_expiration", "data", "validation"
    }  # fmt: skip
    for said in ("my secret", "key-of-a-secret", str(verify(token).id), "statusCode", "203.0.113.7"):
        assert said not in kept
    assert all(int(item["expiration"]["N"]) <= time.time() + 24 * 60 * 60 for item in table)


def test_an_answer_is_sealed_for_who_asked_and_what_was_asked() -> None:
    from cryptography.exceptions import InvalidTag

    from ravo.platform.http.sealing import Act

    request = event("POST", "/things", body={"name": "Mat"})
    act = Act.of(request, "Things", "user:ada", "key")
    sealed = act.seal({"statusCode": 200})

    assert Act.of(request, "Things", "user:ada", "key").open(sealed) == {"statusCode": 200}
    others = [
        Act.of(request, "Things", "user:ada", "other key"),
        Act.of(request, "Things", "user:bob", "key"),
        Act.of(request, "Others", "user:ada", "key"),
        Act.of(event("PUT", "/things", body={"name": "Mat"}), "Things", "user:ada", "key"),
        Act.of(event("POST", "/other", body={"name": "Mat"}), "Things", "user:ada", "key"),
        Act.of(event("POST", "/things", body={"name": "Mat"}, query={"q": "1"}), "Things", "user:ada", "key"),
        Act.of(event("POST", "/things", body={"name": "Hat"}), "Things", "user:ada", "key"),
    ]
    for other in others:
        with pytest.raises(InvalidTag):
            other.open(sealed)
    assert len({act.fingerprint, *(other.fingerprint for other in others)}) == len(others) + 1


def test_a_guest_is_known_by_our_cookies_or_else_by_the_network() -> None:
    from ravo.platform.http.sealing import Act

    def name(caller: str, *cookies: str) -> str:
        return Act.of(event("POST", "/things", cookies=list(cookies)), "Things", caller, "key").name

    here, elsewhere = "address:203.0.113.7", "address:198.51.100.4"
    assert name(here) != name(elsewhere)
    assert name(here, "__Secure-ravo_refresh=1") == name(elsewhere, "_ga=2", "__Secure-ravo_refresh=1")
    assert name(here, "__Secure-ravo_refresh=1") != name(here, "__Secure-ravo_refresh=2")
    assert name(here, "_ga=1") == name(here)
    # A user's cookies change while the user stays the same.
    assert name("user:ada", "__Secure-ravo_refresh=1") == name("user:ada")


def test_a_refusal_is_replayed_but_a_failure_may_be_tried_again() -> None:
    async def refuse(thing: Thing) -> Response:
        calls.append(thing.name)
        raise Conflict if thing.name == "conflict" else RuntimeError

    app = app_of(refuse)

    conflicts = [keyed(app, "key-4", {"name": "conflict"}).status for _ in range(2)]
    failures = [keyed(app, "key-5", {"name": "failure"}).status for _ in range(2)]

    assert (conflicts, failures) == ([409, 409], [500, 500])
    assert calls == ["conflict", "failure", "failure"]


def test_a_key_whose_first_request_is_under_way_waits() -> None:
    inner: list[Got] = []

    import threading

    def second() -> None:
        inner.append(keyed(app, "key-6", {"name": "Mat"}))

    async def slow_in_thread(thing: Thing) -> Response:
        calls.append(thing.name)
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
        return answer(Echo(name=thing.name))

    app = app_of(slow_in_thread)
    outer = keyed(app, "key-6", {"name": "Mat"})

    assert (outer.status, inner[0].status, inner[0].headers["retry-after"]) == (200, 409, "1")
    assert calls == ["Mat"]


def test_without_the_store_of_keys_nothing_is_done_twice_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    from ravo.platform.settings import forget_settings

    monkeypatch.setenv("IDEMPOTENCY_TABLE", "no-such-table")
    forget_settings()

    reply = keyed(app_of(echo), "key-7", {"name": "Mat"})
    without_key = send(app_of(echo), body={"name": "Hat"})
    monkeypatch.undo()
    forget_settings()

    assert (reply.status, reply.error["code"], reply.headers["retry-after"]) == (503, "UPSTREAM_UNAVAILABLE", "2")
    assert (without_key.status, calls) == (200, ["Hat"])
