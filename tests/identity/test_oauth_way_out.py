"""Being sent off to another provider: with PKCE, and with no way back that leads out of the shop."""

from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from ravo.identity.oauth.http import _shop_address
from ravo.identity.oauth_state.schemas import OwnPath
from ravo.platform.settings import forget_settings
from tests.identity.people import IDENTITY
from tests.identity.providers import SHOP, brought, finish, start


def test_a_browser_is_sent_off_with_pkce_and_a_cookie_that_says_nothing(database: Any) -> None:
    off = start("google", {"returnTo": "/account"})

    asked = brought(off.headers["location"])
    (cookie,) = off.cookies
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "secure", "samesite=lax", "path=/api/v1/identity/oauth", "max-age=600"} <= attributes
    assert (asked["code_challenge_method"], asked["response_type"], len(asked["code_challenge"])) == (
        "S256",
        "code",
        43,
    )
    assert asked["redirect_uri"] == f"{SHOP}{IDENTITY}/oauth/google/callback"
    assert asked["scope"] == "openid email"
    assert asked["state"] != asked["nonce"]
    for value in (asked["state"], asked["nonce"], "account"):
        assert value not in cookie.partition(";")[0]
    assert "client_secret" not in off.headers["location"]
    for provider in ("google", "github"):
        assert brought(start(provider).headers["location"])["prompt"] == "select_account"
    assert off.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example", "/\\evil.example", "https://evil.example", "evil.example", "javascript:alert(1)", "",
        "/a\\b", "/a#b", "/a b", "/\tevil", "/a\r\nset-cookie: x=y", "/" + "a" * 200, "/%0a\u00e9", "\\/evil.example",
    ],
)  # fmt: skip
def test_no_way_back_leads_elsewhere(database: Any, elsewhere: str) -> None:
    off = start("google", {"returnTo": elsewhere})

    assert (off.status, [detail["field"] for detail in off.error["details"]]) == (422, ["returnTo"])
    assert off.cookies == []


@pytest.mark.parametrize("name", ["facebook", "Google", "x" * 16])
def test_a_provider_that_there_is_not_is_not_found(database: Any, name: str) -> None:
    assert start(name).status == 404
    assert finish(name, {}, []).status == 404


def test_a_provider_without_a_client_is_not_found(own_settings: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_CLIENT_ID", "")
    forget_settings()

    assert start("github").status == 404
    assert finish("github", {"code": "x", "state": "y"}, []).status == 404
    assert start("google").status == 302


@given(
    st.text(alphabet=st.sampled_from("/\\.:@?#%&=+ \t\r\nabc日"), max_size=12).map("/".__add__) | st.text(max_size=20)
)
def test_a_way_back_that_is_taken_stays_in_the_shop(path: str) -> None:
    try:
        taken = TypeAdapter(OwnPath).validate_python(path)
    except ValidationError:
        return

    address = _shop_address(taken, {"error": "cancelled"})

    assert urlsplit(urljoin("https://elsewhere.example/x", address))[:2] == ("http", "localhost:8000")
    assert urlsplit(urljoin(f"{SHOP}/", taken)).netloc == "localhost:8000"
    assert brought(address)["error"] == "cancelled"
    assert address.isascii()
    assert address.isprintable()
