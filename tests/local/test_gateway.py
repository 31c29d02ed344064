"""HTTP in, events out, and back, as API Gateway's payload version 2 has it."""

import asyncio
import base64
from typing import Any

import pytest

from local.cloud import Cors, Route
from local.connections import LARGEST_BODY, HttpProtocol, Request, Response
from local.gateway import Gateway, event_of, response_of
from local.invocations import Outcome
from local.routing import Match

ROUTE = Route("GET", "/products/{id}", "GetProduct")


def request(**fields: Any) -> Request:
    made = Request()
    for name, value in ({"method": "GET", "path": "/products/7"} | fields).items():
        setattr(made, name, value)
    return made


def event(**fields: Any) -> dict[str, Any]:
    return event_of(request(**fields), Match(ROUTE, {"id": "7"}))


def test_an_event_names_its_route_and_its_path_s_variables() -> None:
    made = event(headers=[("host", "shop.example"), ("user-agent", "curl")], peer="10.0.0.9")
    assert made["version"] == "2.0"
    assert made["routeKey"] == made["requestContext"]["routeKey"] == "GET /products/{id}"
    assert made["pathParameters"] == {"id": "7"}
    assert made["rawPath"] == "/products/7"
    assert made["requestContext"]["http"] == {
        "method": "GET",
        "path": "/products/7",
        "protocol": "HTTP/1.1",
        "sourceIp": "10.0.0.9",
        "userAgent": "curl",
    }
    assert made["requestContext"]["domainName"] == "shop.example"


def test_cookies_are_a_list_of_their_own() -> None:
    made = event(headers=[("cookie", "a=1; b=2"), ("cookie", "c=3"), ("accept", "*/*")])
    assert made["cookies"] == ["a=1", "b=2", "c=3"]
    assert made["headers"] == {"accept": "*/*"}


def test_a_header_that_comes_twice_is_joined_with_a_comma() -> None:
    assert event(headers=[("x-a", "1"), ("x-a", "2")])["headers"] == {"x-a": "1,2"}


def test_a_query_name_that_comes_twice_is_joined_and_the_raw_query_kept() -> None:
    made = event(query="size=M&size=L&empty=&q=a%20b%2Cc")
    assert made["queryStringParameters"] == {"size": "M,L", "empty": "", "q": "a b,c"}
    assert made["rawQueryString"] == "size=M&size=L&empty=&q=a%20b%2Cc"


def test_what_is_not_there_is_left_out() -> None:
    made = event_of(request(), Match(Route("GET", "$default", "F"), {}))
    assert made["routeKey"] == "$default"
    assert not {"cookies", "queryStringParameters", "pathParameters", "body"} & set(made)


@pytest.mark.parametrize(
    ("sent", "body", "encoded"),
    [(b'{"a": "\xc3\xa4"}', '{"a": "ä"}', False), (b"\xff\x00", base64.b64encode(b"\xff\x00").decode(), True)],
)
def test_a_body_that_is_no_text_comes_as_base64(sent: bytes, body: str, encoded: bool) -> None:
    made = event(body=sent)
    assert (made["body"], made["isBase64Encoded"]) == (body, encoded)


def test_a_result_with_a_status_is_the_answer() -> None:
    result = {"statusCode": 201, "headers": {"Location": "/x", "X-Number": 7}, "cookies": ["a=1; Path=/", "b=2"]}
    response = response_of(Outcome(result, b"text"))
    assert (response.status, response.body) == (201, b"text")
    assert response.headers == [
        ("location", "/x"),
        ("x-number", "7"),
        ("set-cookie", "a=1; Path=/"),
        ("set-cookie", "b=2"),
    ]


def test_a_base64_result_is_decoded() -> None:
    outcome = Outcome({"statusCode": 200, "isBase64Encoded": True}, base64.b64encode(b"\x1f\x8b"))
    assert response_of(outcome).body == b"\x1f\x8b"


@pytest.mark.parametrize(
    ("result", "body", "document"),
    [({"a": 1}, None, b'{"a": 1}'), ({}, b"text", b'{"body": "text"}'), (None, None, b"null"), ([1], None, b"[1]")],
)
def test_a_result_without_a_status_is_itself_the_answer(result: Any, body: bytes | None, document: bytes) -> None:
    response = response_of(Outcome(result, body))
    assert (response.status, response.body) == (200, document)
    assert response.headers == [("content-type", "application/json")]


def gateway(outcome: Outcome, *, cors: Cors | None = None) -> Gateway:
    async def invoke(_route: Route, _event: dict[str, Any]) -> Outcome:
        return outcome

    made = Gateway(invoke)
    made.use([ROUTE], cors or Cors(("http://shop.example",), ("GET",), ("etag",), ("location",), True, 600))
    return made


def answer(made: Gateway, **fields: Any) -> Response:
    return asyncio.run(made.answer(request(**fields)))


def test_a_function_that_fails_answers_500_and_says_nothing_of_why() -> None:
    response = answer(gateway(Outcome(error="ValueError", message="secret")))
    assert (response.status, response.body) == (500, b'{"message": "Internal Server Error"}')


def test_no_route_answers_404_and_a_body_over_the_limit_413() -> None:
    assert answer(gateway(Outcome({})), path="/nothing").status == 404
    assert answer(gateway(Outcome({})), body=bytes(LARGEST_BODY + 1)).status == 413


def test_a_preflight_is_answered_from_the_template_alone() -> None:
    asked = [("origin", "http://shop.example"), ("access-control-request-method", "GET")]
    response = answer(gateway(Outcome(error="never", message="called")), method="OPTIONS", headers=asked)
    assert response.status == 204
    assert dict(response.headers)["access-control-allow-origin"] == "http://shop.example"
    assert dict(response.headers)["access-control-max-age"] == "600"


def test_another_origin_is_allowed_nothing_and_the_function_s_own_word_is_dropped() -> None:
    said = {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*"}}
    foreign = answer(gateway(Outcome(said)), headers=[("origin", "http://evil.example")])
    own = answer(gateway(Outcome(said)), headers=[("origin", "http://shop.example")])
    assert foreign.headers == []
    assert dict(own.headers)["access-control-allow-origin"] == "http://shop.example"


class Wire:
    """The other end of a connection."""

    def __init__(self) -> None:
        self.sent = b""
        self.closed = False

    def write(self, data: bytes) -> None:
        self.sent += data

    def close(self) -> None:
        self.closed = True

    def get_extra_info(self, _name: str) -> tuple[str, int]:
        return ("127.0.0.1", 1)


def spoken(*pieces: bytes) -> Wire:
    """Send pieces to a server that answers with method, path and body."""

    async def main() -> Wire:
        async def echo(got: Request) -> Response:
            await asyncio.sleep(0.01 if got.path == "/slow" else 0)
            return Response(200, f"{got.method} {got.path} {got.query} ".encode() + got.body)

        wire, protocol = Wire(), HttpProtocol(echo)
        protocol.connection_made(wire)
        for piece in pieces:
            protocol.data_received(piece)
        await asyncio.sleep(0.05)
        return wire

    return asyncio.run(main())


def test_requests_on_one_connection_are_answered_in_their_order() -> None:
    sent = spoken(b"GET /slow HTTP/1.1\r\n\r\nGET /fast?a=1 HT", b"TP/1.1\r\n\r\n").sent
    assert sent.index(b"GET /slow") < sent.index(b"GET /fast a=1")
    assert sent.count(b"HTTP/1.1 200 OK") == 2


def test_a_body_in_chunks_is_put_together_and_a_head_answer_has_none() -> None:
    wire = spoken(b"POST /a HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")
    assert wire.sent.endswith(b"POST /a  hello")
    assert spoken(b"HEAD /a HTTP/1.1\r\n\r\n").sent.endswith(b"\r\n\r\n")


def test_what_is_no_http_is_told_so_and_the_connection_ends() -> None:
    wire = spoken(b"hello there\r\n\r\n")
    assert wire.sent.startswith(b"HTTP/1.1 400 ")
    assert wire.closed
