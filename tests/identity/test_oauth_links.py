"""The provider's accounts that open an account: listed and taken off by its owner, but not the last way in."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.gateway import call
from tests.identity.people import IDENTITY, PASSWORD, refresh, register
from tests.identity.providers import cookie_of, sign_in, unlink, verified


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

    assert unlink(token, "google", password=PASSWORD).status == 204
    assert database.scalar(text("SELECT count(*) FROM oauth_accounts")) == 0


@pytest.mark.parametrize("proof", [{}, {"password": None}, {"password": "wrong"}, {"code": "123456"}])
def test_a_found_token_alone_takes_no_provider_off(database: Any, proof: dict[str, Any]) -> None:
    token = verified(database).data["accessToken"]
    sign_in("google", "mia")

    refused = unlink(token, "google", **proof)

    assert (refused.status, refused.error["details"]) == (403, [{"field": "password", "message": "is wrong"}])
    assert database.scalar(text("SELECT count(*) FROM oauth_accounts")) == 1


def test_without_a_password_it_takes_a_new_sign_in(database: Any) -> None:
    sign_in("google", "mia")
    token = refresh(cookie_of(sign_in("github", "mia"), "__Secure-ravo_refresh")).data["accessToken"]
    database.execute(text("UPDATE sessions SET created_at = now() - interval '11 minutes'"))

    late = unlink(token, "google")

    assert (late.status, late.error["message"]) == (403, "Sign in again to do this.")
    assert database.scalar(text("SELECT count(*) FROM oauth_accounts")) == 2


def test_nobody_sees_or_takes_off_another_s_accounts(database: Any) -> None:
    sign_in("google", "mia")
    stranger = register("eve@example.com").data["accessToken"]

    listed = call("identity/account/list_oauth_accounts", "GET", f"{IDENTITY}/me/oauth-accounts", token=stranger)
    assert listed.data == []
    assert unlink(stranger, "google", password=PASSWORD).status == 404
    assert database.scalar(text("SELECT count(*) FROM oauth_accounts")) == 1
