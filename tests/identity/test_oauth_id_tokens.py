"""Id tokens: one counts only if the provider signed it for this shop and this attempt."""

import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import text

from ravo.platform.settings import forget_settings
from tests.gateway import Reply
from tests.identity.people import refresh
from tests.identity.providers import brought, cookie_of, finish, misbehaving, reason, saying, start

pytestmark = pytest.mark.usefixtures("own_settings")

KEY = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
OTHER = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)


def with_id_token(monkeypatch: pytest.MonkeyPatch, *, key: Any = KEY, header: Any = None, **changed: Any) -> Reply:
    """Come back to a Google that gives this id token."""
    off = start("google")
    asked = brought(off.headers["location"])
    at = int(time.time())

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.path == "/oauth2/v3/certs":
            return saying({"keys": [KEY.as_dict(private=False)]})(handler)
        claims = {
            "iss": f"http://{handler.headers['host']}", "aud": "laptop", "sub": "1", "email": "mia@people.example",
            "email_verified": True, "nonce": asked["nonce"], "iat": at, "exp": at + 600,
        } | changed  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode({"alg": "RS256", "kid": KEY.kid} | (header or {}), claims, key)
        return saying({"id_token": token})(handler)

    with misbehaving(answer) as base:
        monkeypatch.setenv("GOOGLE_BASE_URL", base)
        forget_settings()
        return finish("google", {"code": "good", "state": asked["state"]}, [cookie_of(off, "__Secure-ravo_oauth")])


def test_an_id_token_that_is_right_signs_in(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refresh(cookie_of(with_id_token(monkeypatch), "__Secure-ravo_refresh")).status == 200


WRONG: dict[str, dict[str, Any]] = {
    "of another issuer": {"iss": "https://accounts.google.com"},
    "of no issuer": {"iss": None},
    "for another shop": {"aud": "another-shop"},
    "for no shop": {"aud": None},
    "of another attempt": {"nonce": "another"},
    "of no attempt": {"nonce": None},
    "expired": {"exp": int(time.time()) - 120},
    "without an end": {"exp": None},
    "of tomorrow": {"iat": int(time.time()) + 86_400},
    "of nobody": {"sub": None},
    "of another key under the right key's id": {"key": OTHER},
    "of another key": {"key": OTHER, "header": {"kid": OTHER.kid}},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_an_id_token_that_is_wrong_signs_nobody_in(
    database: Any, wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reason(with_id_token(monkeypatch, **wrong)) == "provider_unavailable"
    assert database.scalar(text("SELECT count(*) FROM users")) == 0


@pytest.mark.parametrize("proof", [False, None, "false", 0, 1])
def test_google_s_word_that_an_address_is_proven_must_be_plain(
    database: Any, proof: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reason(with_id_token(monkeypatch, email_verified=proof)) == "email_not_verified"
