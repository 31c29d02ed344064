"""Signing in by another provider: into the right account, and into no other."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.adapters.sign_in_providers import Person
from ravo.identity.oauth import service
from ravo.identity.oauth.service import Landing
from ravo.identity.oauth_state.errors import Reason
from ravo.identity.oauth_state.service import Returned
from ravo.identity.sessions.service import Device
from tests.at_once import connections, in_transactions_at_once
from tests.gateway import call
from tests.identity.people import IDENTITY, login, me, refresh, register
from tests.identity.providers import PROVIDERS, SHOP, cookie_of, everything, reason, sign_in, verified
from tests.jobs import recorded


@pytest.mark.parametrize("provider", PROVIDERS)
def test_who_is_new_gets_an_account_with_a_proven_mail_address_and_no_password(database: Any, provider: str) -> None:
    back = sign_in(provider, "mia", {"returnTo": "/account/orders?page=2", "locale": "de"})

    assert (back.status, back.headers["location"]) == (303, f"{SHOP}/account/orders?page=2")
    assert back.headers["cache-control"] == "private, no-store"
    user = me(refresh(cookie_of(back, "__Secure-ravo_refresh")).data["accessToken"]).data
    assert (user["email"], user["emailVerified"], user["locale"]) == ("mia@people.example", True, "de")
    assert user["roles"] == ["customer"]
    assert database.scalars(text("SELECT password_hash FROM users")).all() == [None]
    said = [(event.type, event.detail["aggregateId"], event.detail["data"]) for event in recorded(database)]
    who = {"userId": user["id"]}
    assert said == [("user.registered", user["id"], who), ("user.email_verified", user["id"], who)]
    assert login("mia@people.example", "").status == 401


@pytest.mark.parametrize("provider", PROVIDERS)
def test_who_has_been_here_before_signs_in_to_the_same_account_whatever_the_mail_address(
    database: Any, provider: str
) -> None:
    first = sign_in(provider, "mia")
    database.execute(text("UPDATE users SET email = 'renamed@people.example'"))

    again = sign_in(provider, "mia")

    users = {
        me(refresh(cookie_of(reply, "__Secure-ravo_refresh")).data["accessToken"]).data["id"]
        for reply in (first, again)
    }
    assert len(users) == 1
    assert database.scalar(text("SELECT count(*) FROM users")) == 1
    assert [event.type for event in recorded(database)] == ["user.registered", "user.email_verified"]


def test_both_providers_with_one_proven_mail_address_open_one_account(database: Any) -> None:
    sign_in("google", "mia")
    back = sign_in("github", "mia")

    token = refresh(cookie_of(back, "__Secure-ravo_refresh")).data["accessToken"]
    linked = call("identity/account/list_oauth_accounts", "GET", f"{IDENTITY}/me/oauth-accounts", token=token)
    assert [(each["provider"], each["email"]) for each in linked.data] == [
        ("google", "mia@people.example"),
        ("github", "mia@people.example"),
    ]
    assert all(set(each) == {"provider", "email", "linkedAt"} for each in linked.data)
    assert database.scalar(text("SELECT count(*) FROM users")) == 1


def test_signing_in_by_a_provider_ends_the_session_that_the_browser_had(database: Any) -> None:
    elsewhere, here = verified(database), register()

    back = sign_in("google", "mia", cookies=[cookie_of(here, "__Secure-ravo_refresh")])

    assert refresh(cookie_of(back, "__Secure-ravo_refresh")).status == 200
    assert [me(reply.data["accessToken"]).status for reply in (elsewhere, here)] == [200, 401]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_account_whose_mail_address_was_proven_is_linked(database: Any, provider: str) -> None:
    own = verified(database, "MIA@people.example").data["user"]["id"]

    back = sign_in(provider, "mia")

    assert me(refresh(cookie_of(back, "__Secure-ravo_refresh")).data["accessToken"]).data["id"] == own
    assert login("mia@people.example").status == 200


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_account_that_nobody_proved_to_own_is_neither_linked_nor_entered(database: Any, provider: str) -> None:
    """Someone opens an account with another's mail address and waits for its owner to come by another door."""
    trap = register("mia@people.example")
    before = everything(database)

    assert reason(sign_in(provider, "mia")) == "account_not_verified"

    assert everything(database) == before
    assert me(trap.data["accessToken"]).data["emailVerified"] is False


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_mail_address_that_the_provider_has_no_proof_of_opens_nothing(database: Any, provider: str) -> None:
    verified(database, "noah@people.example")
    before = everything(database)

    assert reason(sign_in(provider, "noah")) == "email_not_verified"

    assert everything(database) == before


def test_another_account_of_the_same_provider_does_not_join_in(database: Any) -> None:
    sign_in("google", "mia")
    before = everything(database)

    assert reason(sign_in("google", "mia-elsewhere")) == "other_account_linked"

    assert everything(database) == before


@pytest.mark.parametrize("linked_before", [True, False])
def test_a_disabled_account_opens_to_nobody(database: Any, linked_before: bool) -> None:
    verified(database)
    if linked_before:
        sign_in("google", "mia")
    database.execute(text("UPDATE users SET disabled_at = now()"))
    before = everything(database)

    assert reason(sign_in("google", "mia")) == "account_disabled"

    assert everything(database) == before


def test_who_closed_an_account_and_comes_back_gets_a_new_one(database: Any) -> None:
    sign_in("google", "mia")
    database.execute(text("UPDATE users SET deleted_at = now()"))

    back = sign_in("google", "mia")

    assert (
        me(refresh(cookie_of(back, "__Secure-ravo_refresh")).data["accessToken"]).data["email"] == "mia@people.example"
    )
    assert database.scalar(text("SELECT count(*) FROM users")) == 2
    assert database.scalar(text("SELECT count(*) FROM oauth_accounts")) == 1


def test_coming_back_twice_at_once_opens_one_account(migrated: None) -> None:
    """On connections of their own, all before any has committed: one opens the account, the others come out in it or are told to try again."""
    back = Returned("google", "/account", person=Person("race-1", "race@people.example"))

    def enter(session: Session) -> Landing:
        return service.enter(session, back, Device("tests", "203.0.113.7"))

    with connections() as engine:
        try:
            landings = in_transactions_at_once(engine, *[enter] * 4)
            with engine.connect() as connection:
                found = connection.scalar(text("SELECT count(*) FROM users WHERE email = 'race@people.example'"))
                links = connection.scalar(text("SELECT count(*) FROM oauth_accounts WHERE subject = 'race-1'"))
        finally:
            with engine.begin() as connection:
                connection.execute(text("DELETE FROM users WHERE email = 'race@people.example'"))

    assert any(landing.opened for landing in landings)
    assert {landing.reason for landing in landings} <= {None, Reason.AGAIN}
    assert (found, links) == (1, 1)
