"""AWS asked without boto3: signed as botocore signs, asked again where that helps, and clear about what failed."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from hypothesis import given
from hypothesis import strategies as st

from ravo.platform import http_client
from ravo.platform.aws import calls
from ravo.platform.aws.calls import DYNAMODB, EVENTS, MAIL, NO_ANSWER, CallFailed, call
from ravo.platform.aws.signature import Credentials, signed

type Said = tuple[int, dict[str, Any]] | None
BUSY: Said = (400, {"__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"})
FINE: Said = (200, {"Item": {}})
text = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)


class Door(ThreadingHTTPServer):
    """Answers what it is told to, one after the other, and remembers what it was asked; None is to hang up."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Guest)
        self.answers: list[Said] = []
        self.headers: dict[str, str] = {}
        self.asked: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.paths: list[str] = []
        self.connections = 0


class Guest(BaseHTTPRequestHandler):
    """One connection to it."""

    protocol_version = "HTTP/1.1"
    server: Door

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.asked.append(({name.lower(): value for name, value in self.headers.items()}, json.loads(body)))
        self.server.paths.append(self.path)
        said = self.server.answers.pop(0)
        if said is None:
            self.close_connection = True
            return
        content = json.dumps(said[1]).encode()
        self.send_response(said[0])
        self.send_header("content-length", str(len(content)))
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the standard library's name)
        """Say nothing."""


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """A door that the calls go to."""
    with Door() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_REGION", "eu-central-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
        monkeypatch.setattr(calls, "PAUSE_SECONDS", 0.0)
        yield server
        http_client.forget_connections()
        server.shutdown()
        thread.join()


@given(
    text,
    text,
    st.none() | text,
    st.binary(),
    text,
    st.sampled_from(["/", "/v2/email/outbound-emails"]),
    st.datetimes(timezones=st.just(UTC)),
)
def test_a_call_is_signed_as_botocore_signs_it(
    access: str, secret: str, token: str | None, body: bytes, target: str, path: str, at: datetime
) -> None:
    headers = {"host": "dynamodb.eu-central-1.amazonaws.com", "x-amz-target": target}
    by = Credentials(access, secret, token)

    ours = signed(headers, body, path, by=by, region="eu-central-1", service="dynamodb", at=at)

    request = AWSRequest("POST", f"https://{headers['host']}{path}", dict(headers), body)
    request.context["timestamp"] = ours["x-amz-date"]
    theirs = SigV4Auth(ReadOnlyCredentials(access, secret, token), "dynamodb", "eu-central-1")
    request.headers["x-amz-date"] = ours["x-amz-date"]
    if token:
        request.headers["x-amz-security-token"] = token
    signature = theirs.signature(theirs.string_to_sign(request, theirs.canonical_request(request)), request)
    assert ours["authorization"].endswith(f"Signature={signature}")
    assert f"SignedHeaders={theirs.signed_headers(theirs.headers_to_sign(request))}," in ours["authorization"]


def test_a_call_says_what_it_wants_and_who_asks(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "for-hours")
    door.answers = [(200, {"Entries": [{"EventId": "1"}]})]

    assert call(EVENTS, "PutEvents", {"Entries": []}) == {"Entries": [{"EventId": "1"}]}

    ((headers, body),) = door.asked
    assert (headers["x-amz-target"], headers["content-type"]) == ("AWSEvents.PutEvents", "application/x-amz-json-1.1")
    assert (headers["x-amz-security-token"], body) == ("for-hours", {"Entries": []})
    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKID/")


def test_mail_is_asked_at_a_path_and_says_in_a_header_why_not(door: Door) -> None:
    door.answers = [(400, {"message": "Email address is not verified."})]
    door.headers = {"x-amzn-errortype": "MessageRejected:http://internal.amazon.com/coral/com.amazonaws.sesv2/"}

    with pytest.raises(CallFailed, match=r"^MessageRejected$"):
        call(MAIL, "SendEmail", {"Content": {}}, "/v2/email/outbound-emails")

    ((headers, body),) = door.asked
    assert (door.paths, body) == (["/v2/email/outbound-emails"], {"Content": {}})
    assert (headers["content-type"], "x-amz-target" in headers) == ("application/json", False)
    assert "/eu-central-1/ses/aws4_request" in headers["authorization"]


def test_one_connection_serves_all_calls_and_is_opened_again_after_it_was_closed(door: Door) -> None:
    door.answers = [FINE, FINE, FINE]
    call(DYNAMODB, "GetItem", {})
    call(DYNAMODB, "GetItem", {})
    assert door.connections == 1

    connection = http_client._connections["http", f"127.0.0.1:{door.server_port}"]
    assert connection.sock
    connection.sock.shutdown(2)

    assert call(DYNAMODB, "GetItem", {}) == {"Item": {}}
    assert door.connections == 2


@pytest.mark.parametrize("first", [BUSY, (429, {"__type": "TooManyRequestsException"}), (500, {}), None])
def test_what_fails_for_a_moment_is_asked_once_more(door: Door, first: Said) -> None:
    door.answers = [first, FINE]

    assert call(DYNAMODB, "GetItem", {}) == {"Item": {}}
    assert len(door.asked) == 2


@pytest.mark.parametrize(
    ("answers", "code", "times"),
    [
        ([(400, {"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"})], "ResourceNotFoundException", 1),
        ([(400, {"__type": "ConditionalCheckFailedException", "Item": {"id": {"S": "1"}}})], "ConditionalCheckFailedException", 1),
        ([(403, {})], "403", 1),
        ([BUSY, BUSY], "ProvisionedThroughputExceededException", 2),
        ([(503, {}), (503, {})], "503", 2),
        ([None, None], NO_ANSWER, 2),
    ],
)  # fmt: skip
def test_what_goes_on_failing_says_why(door: Door, answers: list[Said], code: str, times: int) -> None:
    door.answers = list(answers)

    with pytest.raises(CallFailed) as failure:
        call(DYNAMODB, "PutItem", {})

    assert (failure.value.code, len(door.asked)) == (code, times)
    assert answers[0] is None or answers[0][1].items() <= failure.value.said.items()


def test_nobody_at_the_door_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")

    with pytest.raises(CallFailed, match=NO_ANSWER):
        call(DYNAMODB, "PutItem", {})


@pytest.mark.parametrize("found", [True, False])
def test_without_keys_in_the_environment_botocore_finds_them(
    door: Door, monkeypatch: pytest.MonkeyPatch, found: bool
) -> None:
    class Provider:
        """Keys that last for hours, as a container's are."""

        def get_frozen_credentials(self) -> ReadOnlyCredentials:
            return ReadOnlyCredentials("CONTAINER", "secret", "token")

    class Session:
        get_credentials: Callable[[Any], Provider | None] = lambda _: Provider() if found else None

    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setattr("botocore.session.get_session", Session)
    calls._provider.cache_clear()
    door.answers = [FINE]

    if found:
        call(DYNAMODB, "GetItem", {})
        assert door.asked[0][0]["x-amz-security-token"] == "token"
        assert "Credential=CONTAINER/" in door.asked[0][0]["authorization"]
    else:
        with pytest.raises(CallFailed, match="NoCredentials"):
            call(DYNAMODB, "GetItem", {})
    calls._provider.cache_clear()
