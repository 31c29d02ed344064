"""Requests over a kept connection: sent as asked, answered whatever the status, and clear about no answer."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ravo.platform import http_client
from ravo.platform.http_client import NoResponse, Timeouts, request

TIMEOUTS = Timeouts(connect=1.0, answer=1.0)


class Echo(BaseHTTPRequestHandler):
    """Says what it was asked; whoever asks for elsewhere is sent there."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers.get("content-length", "0")))
        said = f"{self.command} {self.path} {self.headers.get('x-name')} {asked.decode()}".encode()
        self.send_response(302 if self.path == "/elsewhere" else 200)
        self.send_header("Location", "/here")
        self.send_header("Request-Id", "req_1")
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the standard library's name)
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    """Where the echo is."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield f"http://127.0.0.1:{server.server_port}"
        http_client.forget_connections()
        server.shutdown()


def test_path_query_headers_and_body_arrive_as_given(url: str) -> None:
    answer = request("POST", f"{url}/a/b?c=d", {"x-name": "Ada"}, b"body", timeouts=TIMEOUTS)

    assert answer.body == b"POST /a/b?c=d Ada body"
    assert answer.headers["request-id"] == answer.headers["Request-Id"] == "req_1"
    assert request("GET", url, {"x-name": "Ada"}, timeouts=TIMEOUTS).body == b"GET / Ada "


def test_nobody_is_sent_elsewhere(url: str) -> None:
    answer = request("GET", f"{url}/elsewhere", {}, timeouts=TIMEOUTS)

    assert answer.status == 302
    assert answer.body.startswith(b"GET /elsewhere")


def test_who_is_not_there_or_says_nothing_did_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        place = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        with pytest.raises(NoResponse):
            request("GET", place, {}, timeouts=Timeouts(connect=1.0, answer=0.05))
    with pytest.raises(NoResponse):
        request("GET", place, {}, timeouts=TIMEOUTS)
    http_client.forget_connections()
