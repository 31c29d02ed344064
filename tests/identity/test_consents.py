"""What people agree to, and the language and currency that they like."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.gateway import Reply
from tests.identity.accounts import send
from tests.identity.people import me, register


@pytest.fixture
def token(database: Any) -> str:
    return register().data["accessToken"]


def say(token: str | None, policy: str = "2026-11", **purposes: Any) -> Reply:
    body = {"policyVersion": policy, "purposes": purposes}
    return send("account/update_consents", "PUT", "me/consents", body=body, token=token)


def consents(token: str | None) -> Any:
    reply = send("account/get_consents", "GET", "me/consents", token=token)
    return {each["purpose"]: (each["granted"], each["policyVersion"]) for each in reply.data}


def history(token: str | None) -> Any:
    reply = send("account/list_consent_history", "GET", "me/consents/history", token=token)
    return [(each["purpose"], each["granted"], each["policyVersion"]) for each in reply.data]


def test_nobody_has_agreed_to_anything_by_registering(token: str) -> None:
    reply = send("account/get_consents", "GET", "me/consents", token=token)

    assert reply.data == [
        {"purpose": purpose, "granted": False, "since": None, "policyVersion": None}
        for purpose in ("marketing_mail", "analytics", "personalisation")
    ]


def test_what_is_agreed_to_counts_until_it_is_taken_back_and_is_never_forgotten(database: Any, token: str) -> None:
    given = say(token, marketing_mail=True, analytics=False)

    assert given.status == 200
    assert consents(token) == {
        "marketing_mail": (True, "2026-11"), "analytics": (False, "2026-11"), "personalisation": (False, None),
    }  # fmt: skip
    since = next(each["since"] for each in given.data if each["purpose"] == "marketing_mail")
    assert since is not None
    assert say(token, "2026-12", marketing_mail=False).status == 200
    assert consents(token)["marketing_mail"] == (False, "2026-12")
    assert history(token)[0] == ("marketing_mail", False, "2026-12")
    assert sorted(history(token)) == [
        ("analytics", False, "2026-11"), ("marketing_mail", False, "2026-12"), ("marketing_mail", True, "2026-11"),
    ]  # fmt: skip
    assert set(database.scalars(text("SELECT source FROM consents"))) == {"account"}


def test_what_is_said_already_is_not_written_twice(token: str) -> None:
    say(token, marketing_mail=True, analytics=False)

    again = say(token, marketing_mail=True, analytics=False)

    assert again.status == 200
    assert len(history(token)) == 2
    # Another text that is agreed to is something new; a no stays a no whatever the text.
    say(token, "2027-01", marketing_mail=True, analytics=False)
    assert history(token)[0] == ("marketing_mail", True, "2027-01")
    assert len(history(token)) == 3


@pytest.mark.parametrize(
    "body",
    [
        {"policyVersion": "1", "purposes": {}},
        {"policyVersion": "1", "purposes": {"world_domination": True}},
        {"policyVersion": "1", "purposes": {"analytics": None}},
        {"policyVersion": "", "purposes": {"analytics": True}},
        {"purposes": {"analytics": True}},
        {"policyVersion": "1", "purposes": {"analytics": True}, "userId": "x"},
    ],
)
def test_what_makes_no_sense_is_agreed_to_by_nobody(token: str, body: Any) -> None:
    assert send("account/update_consents", "PUT", "me/consents", body=body, token=token).status == 422
    assert history(token) == []


def test_everyone_speaks_for_oneself_alone(token: str) -> None:
    eve = register("eve@example.com").data["accessToken"]
    say(eve, analytics=True)

    assert history(token) == []
    assert say(None, analytics=True).status == 401


def test_a_closed_account_agrees_to_nothing(database: Any, token: str) -> None:
    database.execute(text("UPDATE users SET deleted_at = now()"))

    assert say(token, analytics=True).status == 404
    assert database.scalar(text("SELECT count(*) FROM consents")) == 0


def test_saying_so_costs_three_statements_however_much_is_said(token: str, statements: list[str]) -> None:
    for purposes in ({"analytics": True}, {"marketing_mail": True, "analytics": False, "personalisation": True}):
        statements.clear()
        assert say(token, **purposes).status == 200
        assert len(statements) == 3


def test_a_currency_is_chosen_and_taken_away(token: str) -> None:
    def change(**body: Any) -> Reply:
        return send("account/update_me", "PATCH", "me", body=body, token=token)

    assert me(token).data["currency"] is None
    assert change(version=1, currency="CHF").data["currency"] == "CHF"
    assert change(version=2, locale="de-AT").data["currency"] == "CHF"
    assert change(version=3, currency=None).data["currency"] is None
    for wrong in ("XXX", "eur", "EURO", 5):  # no currency, and three that are not written as one
        assert change(version=4, currency=wrong).status == 422
    assert me(token).data["version"] == 4
