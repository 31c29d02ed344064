"""The sign-in stand-in: it holds a shop to what Google and GitHub would hold it to."""

import base64
import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from local.outside import PROVIDER_SECRET, ProviderStandIn
from local.provider_rules import CLIENT_ID
from tests.identity.providers import brought, choose

SHOP = "http://shop.example"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
PAGES = {"google": "o/oauth2/v2/auth", "github": "login/oauth/authorize"}
TOKENS = {"google": "token", "github": "login/oauth/access_token"}


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProviderStandIn]:
    running = ProviderStandIn(tmp_path_factory.mktemp("providers"), shop=SHOP)
    running.start()
    yield running
    running.stop()


def page(stand_in: ProviderStandIn, provider: str, **changed: str | None) -> str:
    asked = {
        "client_id": CLIENT_ID,
        "redirect_uri": f"{SHOP}/api/v1/identity/oauth/{provider}/callback",
        "response_type": "code",
        "scope": "openid email",
        "state": "state",
        "nonce": "nonce",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | changed
    query = urlencode({name: value for name, value in asked.items() if value is not None})
    return f"{stand_in.url}/{provider}/{PAGES[provider]}?{query}"


def change(stand_in: ProviderStandIn, provider: str, code: str, **changed: str) -> Any:
    given = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": f"{SHOP}/api/v1/identity/oauth/{provider}/callback",
        "code_verifier": VERIFIER,
        "client_id": CLIENT_ID,
        "client_secret": PROVIDER_SECRET,
    } | changed
    try:
        with urllib.request.urlopen(f"{stand_in.url}/{provider}/{TOKENS[provider]}", urlencode(given).encode()) as said:
            return json.load(said)
    except urllib.error.HTTPError as refused:
        with refused:
            return json.load(refused)


def get(url: str, token: str = "") -> Any:
    request = urllib.request.Request(url, headers={"authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as said:
        return json.load(said)


@pytest.mark.parametrize("provider", PAGES)
@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "other"},
        {"redirect_uri": "http://evil.example/"},
        {"response_type": "token"},
        {"state": None},
        {"code_challenge": None},
        {"code_challenge_method": "plain"},
    ],
    ids=str,
)
def test_nobody_is_asked_anything_for_a_shop_that_asks_wrongly(
    stand_in: ProviderStandIn, provider: str, wrong: dict[str, Any]
) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(page(stand_in, provider, **wrong))
    with refused.value as answer:
        assert (answer.code, next(iter(wrong)).encode() in answer.read()) == (400, True)


@pytest.mark.parametrize("provider", PAGES)
def test_a_code_is_changed_once_by_the_shop_that_knows_verifier_and_secret(
    stand_in: ProviderStandIn, provider: str
) -> None:
    used = {"google": "invalid_grant", "github": "bad_verification_code"}[provider]
    for wrong in ({"code_verifier": "other"}, {"redirect_uri": SHOP}, {"grant_type": "password"}):
        code = choose(page(stand_in, provider), "mia")["code"]
        assert change(stand_in, provider, code, **wrong) == {"error": used}
        assert change(stand_in, provider, code) == {"error": used}
    code = choose(page(stand_in, provider), "mia")["code"]
    assert change(stand_in, provider, code, client_secret="guessed") == {"error": "invalid_client"}

    assert "access_token" in change(stand_in, provider, code)
    assert change(stand_in, provider, code) == {"error": used}


def test_google_s_id_token_says_who_signed_in_to_which_shop(stand_in: ProviderStandIn) -> None:
    back = choose(page(stand_in, "google"), "noah")
    id_token = change(stand_in, "google", back["code"])["id_token"]

    keys = KeySet.import_key_set(get(f"{stand_in.url}/google/oauth2/v3/certs"))
    claims = jwt.decode(id_token, keys, algorithms=["RS256"]).claims

    assert back["state"] == "state"
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (f"{stand_in.url}/google", CLIENT_ID, "nonce")
    assert (claims["sub"], claims["email"], claims["email_verified"]) == ("1003", "noah@people.example", False)


def test_github_says_who_it_is_to_whoever_has_the_token(stand_in: ProviderStandIn) -> None:
    code = choose(page(stand_in, "github"), "mia")["code"]
    token = change(stand_in, "github", code)["access_token"]

    assert get(f"{stand_in.url}/github/user", token)["id"] == 1001
    emails = get(f"{stand_in.url}/github/user/emails", token)
    assert [e["email"] for e in emails if e["primary"] and e["verified"]] == ["mia@people.example"]
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(f"{stand_in.url}/github/user", "guessed")
    with refused.value as answer:
        assert answer.code == 401


@pytest.mark.parametrize("provider", PAGES)
def test_who_says_no_is_sent_back_with_that(stand_in: ProviderStandIn, provider: str) -> None:
    assert choose(page(stand_in, provider), "") == {"error": "access_denied", "state": "state"}


def test_started_again_it_answers_at_the_same_place(tmp_path: Path) -> None:
    running = ProviderStandIn(tmp_path, shop=SHOP)
    running.start()
    code = choose(page(running, "google"), "mia")["code"]
    running.start()
    assert change(running, "google", code) == {"error": "invalid_grant"}
    assert brought(f"?{urlencode(choose(page(running, 'google'), 'mia'))}")["state"] == "state"
    running.stop()
