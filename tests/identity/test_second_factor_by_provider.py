"""Signing in by another provider with a second factor: waited for, and shown by whoever began."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from ravo.platform import tokens
from ravo.platform.ids import uuid7
from tests.gateway import Reply, call
from tests.identity.people import IDENTITY, cookie_of, me, refresh, register
from tests.identity.providers import cookie_of as named_cookie
from tests.identity.providers import sign_in
from tests.identity.second_factors import WRONG, Ada, Clock, fields, kept, sessions


def without_a_password(clock: Clock) -> Ada:
    mia = Ada.__new__(Ada)
    mia.clock, mia.email = clock, "mia@people.example"
    mia.token = refresh(named_cookie(sign_in("google", "mia"), "__Secure-ravo_refresh")).data["accessToken"]
    return mia


def test_who_has_no_password_sets_one_up_shortly_after_signing_in(clock: Clock, database: Any) -> None:
    mia = without_a_password(clock)
    database.execute(text("UPDATE sessions SET created_at = now() - interval '11 minutes'"))
    late = mia.begin(password=None)
    assert (late.status, late.error["message"]) == (403, "Sign in again to do this.")

    database.execute(text("UPDATE sessions SET created_at = now() - interval '9 minutes'"))
    assert mia.turn_on().state()["on"] is True


def waiting(provider: str = "google") -> list[str]:
    """Sign in by a provider, and return what the browser has when a second factor is waited for."""
    back = sign_in(provider, "mia", {"returnTo": "/cart"})
    assert back.headers["location"].endswith("/cart?secondFactor=required")
    assert not any(cookie.startswith("__Secure-ravo_refresh=") for cookie in back.cookies)
    return [named_cookie(back, "__Secure-ravo_challenge")]


def show(code: str, cookies: list[str]) -> Reply:
    body, path = {"oneTimePassword": code}, f"{IDENTITY}/login/second-factor"
    return call("identity/store/pass_second_factor", "POST", path, body=body, cookies=cookies)


def test_the_session_that_the_browser_had_ends_with_the_second_factor_and_not_before(
    clock: Clock, database: Any
) -> None:
    mia, ada = without_a_password(clock).turn_on(), register()
    browser = [*waiting(), cookie_of(ada)]

    assert show(WRONG, browser).status == 401
    assert me(ada.data["accessToken"]).status == 200
    assert show(mia.code(), browser).status == 200
    assert me(ada.data["accessToken"]).status == 401


def test_signing_in_by_a_provider_waits_for_the_second_factor(clock: Clock, database: Any) -> None:
    mia = without_a_password(clock).turn_on()
    open_before = sessions(database)
    cookies = waiting()
    assert sessions(database) == open_before

    wrong = show(WRONG, cookies)
    assert (wrong.status, fields(wrong)) == (401, ["oneTimePassword"])
    assert kept(database).failures == 1
    right = show(mia.code(), cookies)

    assert right.status == 200
    assert tokens.verify(right.data["accessToken"]).second_factor is True
    assert refresh(named_cookie(right, "__Secure-ravo_refresh")).status == 200
    assert any(cookie.startswith('__Secure-ravo_challenge="";') for cookie in right.cookies)
    assert show(mia.recovery[0], waiting()).status == 200


def test_only_a_challenge_of_ours_lets_someone_show_a_second_factor(clock: Clock, database: Any) -> None:
    from ravo.identity.sessions.service import challenge

    mia = without_a_password(clock).turn_on()
    (cookie,) = waiting()

    for spoilt in (
        [],
        ["__Secure-ravo_challenge="],
        [cookie[:-3] + "AAA"],
        [f"__Secure-ravo_challenge={challenge(uuid7())}"],
    ):
        refused = show(mia.code(), spoilt)
        assert (refused.status, refused.error["message"]) == (401, "The sign-in took too long. Start it again.")
    database.execute(text("UPDATE users SET disabled_at = now()"))
    assert show(mia.code(), [cookie]).status == 401


def test_a_challenge_ends_after_five_minutes(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    from ravo.identity.sessions import service

    mia = without_a_password(clock).turn_on()
    monkeypatch.setattr(service, "CHALLENGE_LIFE", timedelta(seconds=-1))

    assert show(mia.code(), waiting()).status == 401
