"""Bodies and queries of absurd shape, and values that would write headers: refused before anything parses or sends them."""

import json
import time
from typing import Annotated, Any

import pytest
from fastapi import Response
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from ravo.platform.http import Answer, answer, anyone, create_app, created, lambda_handler, refusals
from ravo.platform.http.finish import BrokenHeader
from ravo.platform.http.input_checks import DEEPEST_JSON, MOST_QUERY_PARAMETERS, is_deep
from ravo.platform.schemas import Input, Reply
from tests.gateway import context, event

calls: list[str] = []


class Thing(Input):
    name: Annotated[str, Field(max_length=2_000_000)] = ""
    attributes: dict[str, Any] = {}


class Told(Reply):
    ok: bool = True


async def take(thing: Thing) -> Response:
    """Take a thing."""
    calls.append(thing.name)
    return answer(Told())


def send(endpoint: Any = take, **request: Any) -> dict[str, Any]:
    app = create_app()
    app.add_api_route(
        "/things", endpoint, methods=["POST"], response_model=Answer[Told], responses=refusals(), dependencies=[anyone]
    )
    return lambda_handler(app)(event("POST", "/things", **request), context("Things"))


@pytest.fixture(autouse=True)
def _fresh(database: Any) -> None:
    calls.clear()


def nested(levels: int, left: str = '{"a":', right: str = "}") -> str:
    """A body with a thing inside that many levels, the outer two of which are the thing's own."""
    return '{"attributes": {"a": ' + left * (levels - 2) + "1" + right * (levels - 2) + "}}"


@pytest.mark.parametrize(("left", "right"), [('{"a":', "}"), ("[", "]")])
def test_what_is_nested_deeper_than_anything_that_is_read_is_refused(left: str, right: str) -> None:
    assert send(body=nested(DEEPEST_JSON, left, right))["statusCode"] == 200
    refused = send(body=nested(DEEPEST_JSON + 1, left, right))

    document = json.loads(refused["body"])["error"]
    assert (refused["statusCode"], document["code"]) == (422, "VALIDATION_ERROR")
    assert document["details"] == [{"field": "body", "message": "must not be nested deeper than 32 levels"}]
    assert len(calls) == 1


def test_brackets_within_text_are_text() -> None:
    name = '[{"\\' * 5000

    assert send(body={"name": name})["statusCode"] == 200
    assert calls == [name]


def test_many_things_beside_each_other_are_not_deep() -> None:
    assert send(body={"attributes": {"all": [[n] for n in range(1000)]}})["statusCode"] == 200


@pytest.mark.parametrize(
    "body", ['{"name": "' + '\\"' * 500_000, '"' * 1_000_000, "[" * 1_000_000, '["' * 500_000, "\\" * 1_000_000]
)
def test_a_body_made_to_take_long_does_not(body: str) -> None:
    began = time.process_time()
    refused = send(body=body)

    assert refused["statusCode"] == 422
    # One pass over a megabyte takes some hundredths of a second; two nested ones would take minutes.
    assert time.process_time() - began < 5


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(_depth, inner), default=0)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=40,
)


@settings(deadline=None, max_examples=200)
@given(value=_JSON, around=st.integers(0, 40), ascii_only=st.booleans())
def test_the_depth_that_is_counted_is_the_depth_that_there_is(value: Any, around: int, ascii_only: bool) -> None:
    for _ in range(around):
        value = [value]

    assert is_deep(json.dumps(value, ensure_ascii=ascii_only).encode()) == (_depth(value) > DEEPEST_JSON)


def test_a_query_with_more_parameters_than_anyone_needs_is_refused() -> None:
    pairs = [("a", str(n)) for n in range(MOST_QUERY_PARAMETERS)]

    assert send(body={}, query=pairs)["statusCode"] == 200
    refused = send(body={}, query=[*pairs, ("b", "1")])
    assert (refused["statusCode"], json.loads(refused["body"])["error"]["details"][0]["field"]) == (422, "query")


@pytest.mark.parametrize("value", ["/things/1\r\nSet-Cookie: a=b", "/things/1\nX: y", "/things/1\r"])
def test_a_value_that_would_write_headers_is_never_sent(value: str) -> None:
    async def make() -> Response:
        return created(Told(), location=value)

    async def sign_in() -> Response:
        response = answer(Told())
        response.headers["set-cookie"] = f"a={value}"
        return response

    for endpoint in (make, sign_in):
        try:
            answered = send(endpoint)
        except BrokenHeader:
            continue
        assert answered["statusCode"] == 500
        assert "Set-Cookie" not in json.dumps(answered)


@pytest.mark.parametrize("name", ["x-request-id", "x-amzn-trace-id", "x-correlation-id"])
def test_what_a_caller_calls_its_request_is_not_said_back(name: str) -> None:
    answered = send(body={}, headers={name: "mine\r\nSet-Cookie: a=b"})

    assert "mine" not in json.dumps(answered)
