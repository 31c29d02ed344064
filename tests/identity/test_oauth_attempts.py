"""Coming back from another provider: an attempt ends once, in the browser that began it."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.identity.providers import (
    PROVIDERS,
    SHOP,
    brought,
    choose,
    cookie_of,
    everything,
    finish,
    reason,
    sign_in,
    start,
)


def test_a_code_of_another_s_attempt_signs_nobody_in(database: Any) -> None:
    """Someone sends a victim the address that they should have come back to, to have them signed in as themselves."""
    evil = choose(start("google").headers["location"], "mia")
    before = everything(database)

    assert reason(finish("google", evil, [])) == "sign_in_expired"
    own = cookie_of(start("google"), "__Secure-ravo_oauth")
    assert reason(finish("google", evil, [own])) == "sign_in_expired"
    assert reason(finish("google", {"code": evil["code"]}, [own])) == "sign_in_expired"

    assert everything(database) == before


def test_a_code_is_good_for_one_session(database: Any) -> None:
    off = start("google")
    cookie = cookie_of(off, "__Secure-ravo_oauth")
    query = choose(off.headers["location"], "mia")
    first = finish("google", query, [cookie])
    assert any(c.startswith('__Secure-ravo_oauth="";') or "__Secure-ravo_oauth=;" in c for c in first.cookies)

    again = finish("google", query, [cookie])

    assert reason(again) == "provider_refused"
    assert database.scalar(text("SELECT count(*) FROM sessions")) == 1


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_code_with_another_attempt_s_verifier_is_refused_by_the_provider(database: Any, provider: str) -> None:
    """A stolen code, brought in with a state of one's own: PKCE is what stops it."""
    stolen = choose(start(provider).headers["location"], "mia")["code"]
    own = start(provider)
    state = brought(own.headers["location"])["state"]

    assert (
        reason(finish(provider, {"code": stolen, "state": state}, [cookie_of(own, "__Secure-ravo_oauth")]))
        == "provider_refused"
    )

    assert database.scalar(text("SELECT count(*) FROM users")) == 0


def test_an_attempt_at_one_provider_does_not_end_at_another(database: Any) -> None:
    off = start("google")
    query = choose(off.headers["location"], "mia")

    assert reason(finish("github", query, [cookie_of(off, "__Secure-ravo_oauth")])) == "sign_in_expired"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c[:-2] + "AA",
        lambda _: "__Secure-ravo_oauth=x",
        lambda _: "__Secure-ravo_oauth=é",
        lambda c: c + "A" * 3000,
    ],
)
def test_a_spoilt_cookie_ends_the_attempt(database: Any, spoil: Any) -> None:
    off = start("google")
    query = choose(off.headers["location"], "mia")

    back = finish("google", query, [spoil(cookie_of(off, "__Secure-ravo_oauth"))])

    assert back.status == 422 or reason(back) == "sign_in_expired"
    assert database.scalar(text("SELECT count(*) FROM users")) == 0


def test_an_attempt_that_took_too_long_has_expired(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from ravo.identity.oauth_state import service as oauth_state

    monkeypatch.setattr(oauth_state, "LIFE", timedelta(seconds=-1))
    off = start("google")

    assert (
        reason(finish("google", choose(off.headers["location"], "mia"), [cookie_of(off, "__Secure-ravo_oauth")]))
        == "sign_in_expired"
    )


def test_a_challenge_s_cookie_is_no_attempt_s(database: Any) -> None:
    from ravo.identity.sessions.service import challenge
    from ravo.platform.ids import uuid7

    assert (
        reason(finish("google", {"state": "x", "code": "y"}, [f"__Secure-ravo_oauth={challenge(uuid7())}"]))
        == "sign_in_expired"
    )


@pytest.mark.parametrize("provider", PROVIDERS)
def test_who_says_no_at_the_provider_comes_out_where_they_wanted(database: Any, provider: str) -> None:
    back = sign_in(provider, "nobody", {"returnTo": "/cart?step=2"})

    assert back.headers["location"] == f"{SHOP}/cart?step=2&error=cancelled"
    assert database.scalar(text("SELECT count(*) FROM users")) == 0


def test_what_a_provider_says_is_wrong_is_not_passed_on(database: Any) -> None:
    off = start("google")
    said = {"error": "server_error<script>", "state": brought(off.headers["location"])["state"]}

    back = finish("google", said, [cookie_of(off, "__Secure-ravo_oauth")])

    assert reason(back) == "provider_refused"
    assert "script" not in back.headers["location"]
