"""A request with a key is done once, and answered the same however often it is sent."""

import json
import time
from typing import Any

import pytest
from fastapi import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ravo.platform.errors import Conflict
from ravo.platform.http import answer
from ravo.platform.tokens import verify
from tests.conftest import ENVIRONMENT, token_for
from tests.gateway import Reply as Got
from tests.gateway import event
from tests.platform.things import Echo, Thing, app_of, calls, echo, send


@pytest.fixture(autouse=True)
def _fresh(database: Any) -> None:
    calls.clear()


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
    from ravo.platform.http.idempotency.crypto import IdempotentRequest

    request = event("POST", "/things", body={"name": "Mat"})
    act = IdempotentRequest.of(request, "Things", "user:ada", "key")
    sealed = act.seal({"statusCode": 200})

    assert IdempotentRequest.of(request, "Things", "user:ada", "key").open(sealed) == {"statusCode": 200}
    others = [
        IdempotentRequest.of(request, "Things", "user:ada", "other key"),
        IdempotentRequest.of(request, "Things", "user:bob", "key"),
        IdempotentRequest.of(request, "Others", "user:ada", "key"),
        IdempotentRequest.of(event("PUT", "/things", body={"name": "Mat"}), "Things", "user:ada", "key"),
        IdempotentRequest.of(event("POST", "/other", body={"name": "Mat"}), "Things", "user:ada", "key"),
        IdempotentRequest.of(
            event("POST", "/things", body={"name": "Mat"}, query={"q": "1"}), "Things", "user:ada", "key"
        ),
        IdempotentRequest.of(event("POST", "/things", body={"name": "Hat"}), "Things", "user:ada", "key"),
    ]
    for other in others:
        with pytest.raises(ValueError, match="with this key"):
            other.open(sealed)
    assert len({act.fingerprint, *(other.fingerprint for other in others)}) == len(others) + 1


def test_a_guest_is_known_by_our_cookies_or_else_by_the_network() -> None:
    from ravo.platform.http.idempotency.crypto import IdempotentRequest

    def name(caller: str, *cookies: str) -> str:
        return IdempotentRequest.of(event("POST", "/things", cookies=list(cookies)), "Things", caller, "key").name

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
