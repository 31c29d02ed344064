"""Providers that are down, slow, refuse, or make no sense: a clear end, whatever they do."""

import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from sqlalchemy import text

from ravo.adapters.sign_in_providers import wire
from ravo.platform.settings import forget_settings, settings
from tests.gateway import Reply
from tests.identity.providers import (
    PROVIDERS,
    brought,
    cookie_of,
    everything,
    finish,
    misbehaving,
    reason,
    saying,
    start,
)

pytestmark = pytest.mark.usefixtures("own_settings")


def half_way(provider: str, base: str, monkeypatch: pytest.MonkeyPatch) -> Reply:
    """Come back with a code to a provider that stands at `base`."""
    off = start(provider)
    state = brought(off.headers["location"])["state"]
    monkeypatch.setenv(f"{provider.upper()}_BASE_URL", base)
    forget_settings()
    return finish(provider, {"code": "good", "state": state}, [cookie_of(off, "__Secure-ravo_oauth")])


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(1000):
        handler.wfile.write(b" " * 4096)


def dripping(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(40):
        handler.wfile.write(b" ")
        time.sleep(0.05)


def silent(_handler: BaseHTTPRequestHandler) -> None:
    time.sleep(1.5)


BROKEN = {
    "garbage": saying(b"<html>502</html>"),
    "no UTF-8": saying(b"\xff\xfe\x00"),
    "nothing": saying(b""),
    "a list": saying([1, 2]),
    "a word": saying("token"),
    "null": saying(None),
    "no tokens": saying({}),
    "a token that is a number": saying({"access_token": 5, "id_token": 5}),
    "a token that would end a header": saying({"access_token": "x\r\ny: z", "id_token": "x.y.z"}),
    "a failure": saying({"error": "later"}, 500),
    "too many requests": saying({"error": "slow down"}, 429),
    "another address": saying(b"", 302, location="http://127.0.0.1:9/"),
    "an end too early": saying(b"{}", 200, **{"transfer-encoding": "chunked"}),
    "without end": endless,
    "a byte at a time": dripping,
    "silence": silent,
}


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN.keys())
def test_a_provider_that_makes_no_sense_is_unavailable(
    database: Any, provider: str, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "PATIENCE_SECONDS", 0.5)
    before = everything(database)

    with misbehaving(answer) as base:
        assert reason(half_way(provider, base, monkeypatch)) == "provider_unavailable"

    assert everything(database) == before


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_provider_that_is_down_is_unavailable(database: Any, provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reason(half_way(provider, "http://127.0.0.1:9", monkeypatch)) == "provider_unavailable"


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("status", [200, 400, 401])
def test_a_code_that_the_provider_does_not_take_is_refused(
    database: Any, provider: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with misbehaving(saying({"error": "invalid_grant"}, status)) as base:
        assert reason(half_way(provider, base, monkeypatch)) == "provider_refused"


def test_the_secret_and_the_verifier_go_to_the_provider_alone(
    database: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    back = half_way("google", "http://127.0.0.1:9", monkeypatch)

    out, err = capfd.readouterr()
    secret = settings().google_client_secret
    assert secret
    for place in (back.headers["location"], *back.cookies, out, err):
        assert secret.get_secret_value() not in place
        assert "good" not in place


def github(user: Any, emails: Any) -> Any:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        said: dict[str, Any] = {"/user": user, "/user/emails": emails}
        saying(said.get(handler.path, {"access_token": "gho_x"}))(handler)

    return answer


GOOD = [{"email": "mia@people.example", "primary": True, "verified": True}]


@pytest.mark.parametrize(
    ("user", "emails", "why"),
    [
        ([], GOOD, "provider_unavailable"),
        ({}, GOOD, "provider_unavailable"),
        ({"id": "1"}, GOOD, "provider_unavailable"),
        ({"id": 1}, {}, "provider_unavailable"),
        ({"id": 1}, [], "email_not_verified"),
        ({"id": 1}, ["x"], "email_not_verified"),
        ({"id": 1}, [GOOD[0] | {"primary": False}], "email_not_verified"),
        ({"id": 1}, [GOOD[0] | {"verified": "yes"}], "email_not_verified"),
        ({"id": 1}, [GOOD[0] | {"email": "no address"}], "email_not_verified"),
        ({"id": 1}, [GOOD[0] | {"email": None}], "email_not_verified"),
    ],
)
def test_what_github_says_of_someone_is_looked_at(
    database: Any, user: Any, emails: Any, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with misbehaving(github(user, emails)) as base:
        assert reason(half_way("github", base, monkeypatch)) == why
    assert database.scalar(text("SELECT count(*) FROM users")) == 0
