"""What nobody means well with, sent to a real server: each gets a clear 4xx and nothing else, and the next one is answered."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import text

from local.cloud import Route
from local.connections import LARGEST_HEAD, HttpProtocol
from local.gateway import Gateway
from local.invocations import Outcome
from tests.gateway import context, function
from tests.identity.people import register
from tests.jobs import cloud

type Sent = tuple[int, list[tuple[str, str]], bytes]

HOST = b"Host: shop.example\r\n"
PRODUCTS = "/api/v1/catalog/products"


async def invoke(route: Route, event: dict[str, Any]) -> Outcome:
    """Run the function in a thread with a loop of its own, as an environment does."""

    def run() -> Outcome:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            answer = function(cloud().functions[route.function].module).handler(event, context(route.function))
        finally:
            loop.close()
        return Outcome(answer, (answer.get("body") or "").encode())

    return await asyncio.to_thread(run)


async def _exchange(pieces: tuple[bytes, ...]) -> bytes:
    gateway = Gateway(invoke)
    gateway.use(cloud().routes, cloud().cors)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: HttpProtocol(gateway.answer), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        return await asyncio.wait_for(reader.read(), 20)
    finally:
        writer.close()
        server.close()


def send(*pieces: bytes) -> list[Sent]:
    """Send bytes on one connection and read every answer; each says how long it is."""
    rest = asyncio.run(_exchange(pieces))
    answers: list[Sent] = []
    while rest:
        head, _, rest = rest.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        length = int(dict(headers).get("content-length", "0"))
        answers.append((int(first.split()[1]), headers, rest[:length]))
        rest = rest[length:]
    return answers


def ask(target: str | bytes, method: str = "GET", *, headers: bytes = b"", body: bytes = b"") -> Sent:
    """Send one request whose target is put on the wire as it stands."""
    wire = target.encode() if isinstance(target, str) else target
    length = b"Content-Length: %d\r\nContent-Type: application/json\r\n" % len(body) if body else b""
    (answer,) = send(
        method.encode()
        + b" "
        + wire
        + b" HTTP/1.1\r\n"
        + HOST
        + b"Connection: close\r\n"
        + length
        + headers
        + b"\r\n"
        + body
    )
    return answer


def code(answer: Sent) -> tuple[int, str]:
    document = json.loads(answer[2])
    return answer[0], document["error"]["code"] if "error" in document else document["message"]


def rows(database: Any) -> int:
    return int(database.scalar(text("SELECT count(*) FROM carts")))


@pytest.mark.parametrize(
    "target",
    [
        f"{PRODUCTS}/../admin/products",
        f"{PRODUCTS}/%2e%2e/admin/products",
        f"{PRODUCTS}/..%2fadmin%2fproducts",
        f"{PRODUCTS}/.%2e/..",
        f"{PRODUCTS}/..%5c..%5cetc%5cpasswd",
        f"{PRODUCTS}/..;/admin",
        "//api/v1/catalog/products",
        "/api//v1/catalog/products",
        "/api/v1/catalog//products",
        f"{PRODUCTS}/",
        f"{PRODUCTS}//",
        "/API/V1/CATALOG/PRODUCTS",
        "/api/v1/Catalog/products",
        "/api/v1/./catalog/products",
        "/api/v1/catalog/products;jsessionid=1",
        "/api/v1/catalog;v=1/products",
        "/api/v1/catalog%2Fproducts%2F",
        "/%2e/api/v1/catalog/products",
        "/api/v1/catalog/products%20",
        "/api/v1/catalog/products%0d%0aSet-Cookie:%20a=b",
        f"{PRODUCTS}/%0d%0aSet-Cookie:%20a=b",
        f"{PRODUCTS}/%ff%fe",
        f"{PRODUCTS}/\u00e4".encode().decode("latin-1"),
        "/..%00/",
    ],
)  # fmt: skip
def test_a_path_that_plays_tricks_leads_nowhere(database: Any, target: str) -> None:
    status, headers, body = ask(target.encode("latin-1"))

    assert 400 <= status < 500, body
    assert not any(name == "set-cookie" for name, _ in headers)
    assert b"Traceback" not in body


def test_a_nul_byte_in_a_path_is_refused(database: Any) -> None:
    assert code(ask(f"{PRODUCTS}/a%00b")) == (422, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    "target", ["http://elsewhere.example/api/v1/health", "shop.example:443", "*", "", "/ /", "api/v1/health"]
)
def test_a_target_of_another_form_is_answered_clearly(database: Any, target: str) -> None:
    status, _, body = ask(target)

    # Of an absolute form the path counts, as the standard says, whatever host it names.
    assert status == 200 if target.startswith("http:") else 400 <= status < 500, body


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_method_is_what_the_request_line_says(database: Any, header: str) -> None:
    override = f"{header}: DELETE\r\n".encode()

    assert ask(PRODUCTS, headers=override)[0] == 200
    assert ask(f"{PRODUCTS}?_method=DELETE")[0] in (200, 422)
    assert ask(PRODUCTS, "POST", headers=f"{header}: GET\r\n".encode(), body=b"{}")[0] == 404


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "OPTIONS", "HEAD"])
def test_a_method_that_nobody_answers_is_not_there(database: Any, method: str) -> None:
    status, _, _ = ask(PRODUCTS, method)

    assert 400 <= status < 500


def test_a_head_that_is_too_large_is_refused_and_the_connection_ends(database: Any) -> None:
    cookie = b"Cookie: __Secure-ravo_refresh=" + b"a" * LARGEST_HEAD + b"\r\n"

    assert code(ask("/api/v1/identity/refresh", "POST", headers=cookie)) == (431, "Request Header Fields Too Large")
    assert code(ask(PRODUCTS + "?q=" + "a" * LARGEST_HEAD))[0] == 431
    assert code(ask(PRODUCTS, headers=b"".join(b"X-%d: %s\r\n" % (n, b"a" * 100) for n in range(200))))[0] == 431


def test_a_header_that_never_ends_is_cut_off() -> None:
    (answer,) = send(b"GET / HTTP/1.1\r\nX-Endless: ", *(b"a" * 4096 for _ in range(5)))

    assert answer[0] == 431


def test_what_fits_is_answered(database: Any) -> None:
    cookie = b"Cookie: __Secure-ravo_refresh=" + b"a" * (LARGEST_HEAD - 400) + b"\r\n"

    assert code(ask("/api/v1/identity/refresh", "POST", headers=cookie)) == (422, "VALIDATION_ERROR")


def test_another_protocol_is_not_spoken(database: Any) -> None:
    upgrade = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    (answer,) = send(b"GET /api/v1/health HTTP/1.1\r\n" + HOST + upgrade + b"\r\nGET /api/v1/health HTTP/1.1\r\n\r\n")

    assert answer[0] == 200
    assert dict(answer[1])["connection"] == "close"


@pytest.mark.parametrize(
    ("length", "status"),
    [
        (b"99999999999", 413),
        (b"10485761", 413),
        (b"99999999999999999999999999", 400),
        (b"-1", 400),
        (b"1e3", 400),
        (b"0x10", 400),
        (b"+5", 400),
        (b"5, 6", 400),
    ],
)
def test_an_absurd_length_is_refused_without_waiting_for_it(length: bytes, status: int) -> None:
    head = b"POST /api/v1/identity/login HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"

    (answer,) = send(head + b"Content-Length: " + length + b"\r\n\r\n")

    assert answer[0] == status


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 2\r\nContent-Length: 3\r\n",
        b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"X-Bare: a\nX-Injected: b\r\n\r\nGET /api/v1/health HTTP/1.1\r\n",
        b"X-Nul: a\x00b\r\n",
        b": no name\r\n",
        b"no colon\r\n",
        b"X Spaced: a\r\n",
    ],
)
def test_a_head_that_can_be_read_in_two_ways_is_not_read(database: Any, headers: bytes) -> None:
    answers = send(b"POST /api/v1/identity/login HTTP/1.1\r\n" + HOST + headers + b"\r\n{}")

    assert [status for status, _, _ in answers] == [400]


def test_a_header_that_comes_twice_is_no_second_chance(database: Any) -> None:
    register("twice@example.com")
    from tests.conftest import token_for

    token = token_for().encode()
    both = b"Authorization: Bearer " + token + b"\r\nAuthorization: Bearer forged\r\n"
    assert code(ask("/api/v1/identity/me", headers=both)) == (401, "UNAUTHENTICATED")
    login = json.dumps({"email": "twice@example.com", "password": "wrong wrong wrong"}).encode()
    assert code(ask("/api/v1/identity/login", "POST", headers=b"Content-Type: text/html\r\n", body=login)) == (
        415,
        "UNSUPPORTED_MEDIA_TYPE",
    )


@pytest.mark.parametrize("key", [b"a\tb", b"a b", "\u00e9".encode(), b"a" * 300])
def test_a_key_that_is_none_does_nothing(database: Any, key: bytes) -> None:
    before = rows(database)

    answer = ask("/api/v1/sales/carts", "POST", headers=b"Idempotency-Key: " + key + b"\r\n", body=b"{}")

    assert code(answer) == (422, "VALIDATION_ERROR")
    assert rows(database) == before


def test_after_a_refused_request_the_server_answers_the_next(database: Any) -> None:
    asyncio.run(_two())


async def _two() -> None:
    assert b" 400 " in await _exchange((b"\x16\x03\x01 hello\r\n\r\n",))
    good = b"GET /api/v1/health HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    assert b" 200 " in await _exchange((good,))


ORIGIN = "http://localhost:3000"


@pytest.mark.parametrize(
    "origin",
    ["null", "http://evil.example", f"{ORIGIN}.evil.example", "http://localhost:30000", "https://localhost:3000", "HTTP://LOCALHOST:3000", f"{ORIGIN}/", f"{ORIGIN}, http://evil.example", "file://", "*"],
)  # fmt: skip
def test_an_origin_that_the_settings_do_not_name_is_told_nothing(database: Any, origin: str) -> None:
    asked = f"Origin: {origin}\r\n".encode()
    preflight = asked + b"Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization\r\n"

    plain, before = ask(PRODUCTS, headers=asked), ask(PRODUCTS, "OPTIONS", headers=preflight)

    for _, headers, _ in (plain, before):
        assert not [name for name, _ in headers if name.startswith("access-control-")]


def test_an_origin_of_the_settings_is_told_what_it_may(database: Any) -> None:
    asked = f"Origin: {ORIGIN}\r\n".encode()

    said = dict(ask(PRODUCTS, headers=asked)[1])

    assert said["access-control-allow-origin"] == ORIGIN
    assert said["access-control-allow-credentials"] == "true"
    assert "Origin" in [value for name, value in ask(PRODUCTS, headers=asked)[1] if name == "vary"]


def test_functions_say_nothing_to_browsers_by_themselves(database: Any) -> None:
    from tests.gateway import call

    reply = call("catalog/store/list_products", "GET", PRODUCTS, headers={"origin": ORIGIN})

    assert not [name for name in reply.headers if name.startswith("access-control-")]
