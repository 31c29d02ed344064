"""The provider's accounts that open an account: listed and taken off by its owner, but not the last way in."""

from typing import Any

from sqlalchemy import text

from tests.gateway import Reply, call
from tests.identity.people import IDENTITY, refresh, register
from tests.identity.providers import cookie_of, sign_in, verified


def unlink(token: str, provider: str) -> Reply:
    path = f"{IDENTITY}/me/oauth-accounts/{provider}"
    return call("identity/account/remove_oauth_account", "DELETE", path, token=token)


def test_a_provider_s_account_can_be_taken_off_but_not_the_last_way_in(database: Any) -> None:
    sign_in("google", "mia")
    token = refresh(cookie_of(sign_in("github", "mia"), "__Secure-ravo_refresh")).data["accessToken"]

    assert unlink(token, "google").status == 204
    assert unlink(token, "google").status == 404
    last = unlink(token, "github")
    assert (last.status, last.error["code"]) == (409, "CONFLICT")
    assert database.scalars(text("SELECT provider FROM oauth_accounts")).all() == ["github"]


def test_with_a_password_no_provider_is_the_last_way_in(database: Any) -> None:
    token = verified(database).data["accessToken"]
    sign_in("google", "mia")

    assert unlink(token, "google").status == 204
    assert database.scalar(text("SELECT count(*) FROM oauth_accounts")) == 0


def test_nobody_sees_or_takes_off_another_s_accounts(database: Any) -> None:
    sign_in("google", "mia")
    stranger = register("eve@example.com").data["accessToken"]

    listed = call("identity/account/list_oauth_accounts", "GET", f"{IDENTITY}/me/oauth-accounts", token=stranger)
    assert listed.data == []
    assert unlink(stranger, "google").status == 404
    assert database.scalar(text("SELECT count(*) FROM oauth_accounts")) == 1
