"""Notices: whoever has an account hears what was done to the ways into it, in its language, once."""

from typing import Any

import pytest
from sqlalchemy import text

from ravo.identity.totp import service as totp
from tests.gateway import Reply, call
from tests.identity.accounts import ask_for, send
from tests.identity.people import IDENTITY, PASSWORD, refresh, register
from tests.identity.providers import cookie_of, sign_in, unlink
from tests.jobs import consumers, drain, recorded, run
from tests.mails import Mailbox, mailbox

JOB = "identity/jobs/mail_account_notice"


@pytest.fixture
def box(database: Any) -> Mailbox:
    return mailbox()


def with_recovery_codes(database: Any, **account: Any) -> tuple[str, list[str]]:
    """Someone with a second factor; returns the access token and the recovery codes."""
    token = register(**account).data["accessToken"]
    database.execute(text("UPDATE users SET email_verified_at = now()"))
    secret = send("account/begin_second_factor", "POST", "me/second-factor", body={"password": PASSWORD}, token=token)
    code = totp._totp(secret.data["secret"]).now()
    on = send("account/confirm_second_factor", "POST", "me/second-factor/confirm", body={"code": code}, token=token)
    return token, on.data["recoveryCodes"]


def with_code(code: str, **request: Any) -> Reply:
    body = {"email": "ada@example.com", "password": PASSWORD, "oneTimePassword": code}
    return call("identity/store/login", "POST", f"{IDENTITY}/login", body=body, **request)


def test_the_owner_hears_of_a_recovery_code_that_was_used(database: Any, box: Mailbox) -> None:
    _, (code, *_) = with_recovery_codes(database)
    drain(database)
    box.take()

    assert with_code(code).status == 200
    assert with_code(code).status == 401

    (event,) = recorded(database, "recovery_code.used")
    assert event.detail["data"].keys() == {"userId"}
    assert code not in str(event)
    assert consumers("recovery_code.used") == [JOB]
    assert run(JOB, event.detail, event.detail) == []
    (notice,) = box.take()
    assert (notice.to, notice.subject) == ("ada@example.com", "A recovery code of your account was used")
    assert "http://localhost:8000/account/forgot-password\n" in notice.text


def test_wherever_a_recovery_code_is_used_its_owner_hears_of_it(database: Any) -> None:
    token, (first, second, *_) = with_recovery_codes(database)

    assert ask_for(token, "new@example.com", code=first).status == 202
    body, path = {"password": PASSWORD, "code": second}, "me/second-factor/recovery-codes"
    renewed = send("account/renew_recovery_codes", "POST", path, body=body, token=token)
    assert renewed.status == 200
    body = {"password": PASSWORD, "code": renewed.data["recoveryCodes"][0]}
    assert send("account/remove_second_factor", "DELETE", "me/second-factor", body=body, token=token).status == 204

    assert len(recorded(database, "recovery_code.used")) == 3


def test_a_recovery_code_that_was_not_taken_after_all_is_no_news(database: Any) -> None:
    token, (code, *_) = with_recovery_codes(database)

    assert unlink(token, "google", password=PASSWORD, code=code).status == 404

    assert recorded(database, "recovery_code.used") == []
    assert with_code(code).status == 200


@pytest.mark.parametrize(("provider", "brand"), [("google", "Google"), ("github", "GitHub")])
def test_the_owner_hears_of_a_provider_that_was_linked_and_of_one_taken_off(
    database: Any, box: Mailbox, provider: str, brand: str
) -> None:
    mia = register("mia@people.example").data
    token = mia["accessToken"]
    database.execute(text("UPDATE users SET email_verified_at = now()"))
    drain(database)
    box.take()

    sign_in(provider, "mia")
    sign_in(provider, "mia")
    assert unlink(token, provider, password=PASSWORD).status == 204
    drain(database)

    linked, unlinked = box.take()
    assert (linked.to, linked.subject) == ("mia@people.example", f"{brand} opens your account now")
    assert (unlinked.to, unlinked.subject) == ("mia@people.example", f"{brand} opens your account no more")
    (event,) = recorded(database, "provider.linked")
    assert event.detail["data"] == {"userId": mia["user"]["id"], "provider": provider}


def test_an_account_that_a_provider_opened_hears_of_the_second_one_alone(database: Any, box: Mailbox) -> None:
    sign_in("google", "mia", {"locale": "de"})
    assert recorded(database, "provider.linked") == []

    token = refresh(cookie_of(sign_in("github", "mia"), "__Secure-ravo_refresh")).data["accessToken"]
    assert unlink(token, "google").status == 204
    drain(database)

    assert [mail.subject for mail in box.take()] == [
        "GitHub öffnet jetzt dein Konto",
        "Google öffnet dein Konto nicht mehr",
    ]


def test_who_is_gone_by_then_hears_nothing(database: Any, box: Mailbox) -> None:
    _, (code, *_) = with_recovery_codes(database)
    with_code(code)
    database.execute(text("UPDATE users SET deleted_at = now()"))

    assert run(JOB, recorded(database, "recovery_code.used")[0].detail) == []

    assert box.take() == []
