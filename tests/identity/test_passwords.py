"""Passwords: forgotten, set anew, changed; which ones are refused; and what a stranger learns, which is nothing."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.identity.email_tokens import service as email_tokens
from ravo.identity.email_tokens.errors import LinkUnusable
from ravo.identity.passwords.errors import WeakPassword
from ravo.identity.passwords.service import common_passwords, refuse_weak
from ravo.platform import aws
from ravo.platform.ids import uuid7
from tests.at_once import connections, in_transactions_at_once
from tests.conftest import ENVIRONMENT
from tests.identity.accounts import (
    NEW_PASSWORD,
    change_password,
    forget,
    joined,
    reset,
    reset_link,
    send,
    token_in,
    verify,
)
from tests.identity.people import PASSWORD, cookie_of, login, me, refresh, register
from tests.jobs import drain, recorded, run
from tests.mails import Mailbox


def test_who_forgot_a_password_sets_another_by_a_link(database: Any, box: Mailbox) -> None:
    first = register()
    cookies = [cookie_of(first), cookie_of(login())]
    link = reset_link_text(database, box)

    assert reset(link).status == 204

    assert login().status == 401
    assert login(password=NEW_PASSWORD).status == 200
    assert [refresh(cookie).status for cookie in cookies] == [401, 401]
    assert me(first.data["accessToken"]).status == 401
    assert login(password=NEW_PASSWORD).data["user"]["emailVerified"] is True
    drain(database)
    (notice,) = box.take()
    assert (notice.to, notice.subject) == ("ada@example.com", "Your password was changed")
    assert "token=" not in notice.text
    types = [event.type for event in recorded(database)]
    assert types[-2:] == ["user.password_changed", "user.email_verified"]
    assert "horse" not in str([event.detail for event in recorded(database)])


def reset_link_text(database: Any, box: Mailbox) -> str:
    """What the link carries, of a mail that says what to do who did not ask."""
    drain(database)
    box.take()
    forget()
    drain(database)
    (mail,) = box.take()
    assert (mail.to, mail.subject) == ("ada@example.com", "Set a new password for Ravo")
    assert "If you did not ask for it, you need do nothing: your password stays as it is." in mail.text
    assert f"http://localhost:8000/account/reset-password?token={token_in(mail)}\n" in mail.text
    return token_in(mail)


def test_a_german_reads_of_it_in_german(database: Any, box: Mailbox) -> None:
    joined(database, box, locale="de")
    assert reset(reset_link(database, box)).status == 204
    drain(database)

    (notice,) = box.take()
    assert notice.subject == "Dein Passwort wurde geändert"
    assert "Wenn das nicht hilft, antworte auf diese E-Mail." in notice.text


def test_nobody_learns_from_it_who_has_an_account(database: Any, box: Mailbox, statements: list[str]) -> None:
    joined(database, box)
    seen: list[Any] = []
    for email in ("ada@example.com", "eve@example.com"):
        statements.clear()
        reply = forget(email)
        seen.append((reply.status, reply.data["validFor"], [s.split()[:3] for s in statements]))

    assert seen[0] == seen[1]
    assert seen[0][:2] == (202, 3600)
    assert len(seen[0][2]) == 3
    known, unknown = recorded(database, "password_reset.requested")
    assert unknown.detail["data"] == {"userId": None}
    assert known.detail["data"]["userId"] is not None
    drain(database)
    (mail,) = box.take()
    assert mail.to == "ada@example.com"


def test_a_closed_or_disabled_account_gets_nothing(database: Any, box: Mailbox) -> None:
    joined(database, box)
    link = reset_link(database, box)
    for state in ("disabled_at", "deleted_at"):
        database.execute(text(f"UPDATE users SET {state} = now()"))
        assert forget().status == 202
        drain(database)
        assert box.take() == []
        assert reset(link).status == 422
        database.execute(text(f"UPDATE users SET {state} = NULL"))
    assert login().status == 200


def test_a_link_sets_one_password_within_an_hour(database: Any, box: Mailbox) -> None:
    joined(database, box)
    link = reset_link(database, box)
    lives = text(
        "SELECT extract(epoch FROM expires_at - clock_timestamp()) FROM mailed_tokens WHERE purpose = 'reset_password'"
    )
    assert 3_500 < database.scalar(lives) <= 3_600

    assert reset(link).status == 204
    assert reset(link, "another evening walk").status == 422
    assert login(password=NEW_PASSWORD).status == 200

    late = reset_link(database, box)
    database.execute(text("UPDATE mailed_tokens SET expires_at = clock_timestamp()"))
    assert reset(late, "another evening walk").status == 422
    assert login(password=NEW_PASSWORD).status == 200


def test_the_last_link_alone_counts_and_no_mailbox_is_flooded(database: Any, box: Mailbox) -> None:
    joined(database, box)
    for n in range(7):
        assert forget(address=f"198.51.100.{n}").status == 202
    drain(database)

    mails = box.take()
    assert len(mails) == 5
    assert reset(token_in(mails[0])).status == 422
    assert reset(token_in(mails[-1])).status == 204


def test_a_link_that_a_weak_password_was_tried_with_still_works(database: Any, box: Mailbox) -> None:
    joined(database, box)
    link = reset_link(database, box)

    weak = reset(link, "password1234")

    assert (weak.status, weak.error["message"]) == (422, "This password is too easy to guess.")
    assert weak.error["details"][0]["field"] == "newPassword"
    assert login().status == 200
    assert reset(link).status == 204


def test_a_link_to_an_address_that_the_account_left_sets_nothing(database: Any, box: Mailbox) -> None:
    joined(database, box)
    link = reset_link(database, box)
    database.execute(text("UPDATE users SET email = 'new@example.com'"))

    assert reset(link).status == 422
    assert login("new@example.com").status == 200


def test_an_account_without_a_password_gets_its_first_by_a_link(database: Any, box: Mailbox) -> None:
    token, _ = joined(database, box)
    database.execute(text("UPDATE users SET password_hash = NULL"))

    refused = change_password(token)

    assert (refused.status, refused.error["code"]) == (409, "CONFLICT")
    assert reset(reset_link(database, box)).status == 204
    assert login(password=NEW_PASSWORD).status == 200


def test_asking_is_slowed_by_address(database: Any) -> None:
    tries = [forget(address="198.51.100.9").status for _ in range(7)]

    assert tries == [202] * 5 + [429] * 2


@pytest.mark.parametrize("body", [{}, {"email": "x"}, {"email": "a@example.com", "userId": "1"}])
def test_what_is_no_address_is_refused(database: Any, body: Any) -> None:
    assert send("store/forgot_password", "POST", "forgot-password", body=body).status == 422
    assert recorded(database, "password_reset.requested") == []


@pytest.mark.parametrize(
    "more", [{"newPassword": "short"}, {"newPassword": "x" * 201}, {"userId": "1"}, {"email": "eve@example.com"}]
)
def test_a_reset_that_makes_no_sense_leaves_the_link_as_it_is(
    database: Any, box: Mailbox, more: dict[str, str]
) -> None:
    joined(database, box)
    link = reset_link(database, box)

    body = {"token": link, "newPassword": NEW_PASSWORD} | more
    assert send("store/reset_password", "POST", "reset-password", body=body).status == 422

    assert login().status == 200
    assert reset(link).status == 204


def test_of_two_uses_of_a_link_at_once_one_counts(migrated: None) -> None:
    user = uuid7()

    def use(session: Session) -> None:
        email_tokens.redeem(session, link, email_tokens.RESET)
        session.execute(text("SELECT pg_sleep(0.2)"))

    with connections() as engine:
        with Session(engine) as session, session.begin():
            session.execute(text("INSERT INTO users (id, email) VALUES (:id, 'race@example.com')"), {"id": user})
            link = str(email_tokens.issue(session, user, "race@example.com", email_tokens.RESET))
        try:
            outcomes = in_transactions_at_once(engine, use, use, refusing=LinkUnusable)
        finally:
            with engine.begin() as connection:
                connection.execute(text("DELETE FROM users WHERE id = :id"), {"id": user})

    assert sorted(isinstance(each, LinkUnusable) for each in outcomes) == [False, True]


def test_a_changed_password_ends_every_other_session(database: Any, box: Mailbox) -> None:
    joined(database, box)
    here, there = login(), login()

    assert change_password(here.data["accessToken"]).status == 204

    assert refresh(cookie_of(here)).status == 200
    assert refresh(cookie_of(there)).status == 401
    assert login().status == 401
    assert login(password=NEW_PASSWORD).status == 200
    (event,) = recorded(database, "user.password_changed")
    assert event.detail["data"] == {"userId": here.data["user"]["id"]}
    drain(database)
    assert [mail.subject for mail in box.take()] == ["Your password was changed"]
    assert run("identity/jobs/mail_account_notice", event.detail) == []
    assert box.take() == []


def test_a_changed_password_kills_links_that_were_asked_for_before(database: Any, box: Mailbox) -> None:
    token, _ = joined(database, box)
    link = reset_link(database, box)

    assert change_password(token).status == 204

    assert reset(link, "another evening walk").status == 422


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"currentPassword": "wrong password"}, "currentPassword"),
        ({"newPassword": "short"}, "newPassword"),
        ({"newPassword": "qwertyuiop1234"}, "newPassword"),
        ({"email": "eve@example.com"}, "email"),
    ],
)
def test_a_change_that_is_refused_changes_nothing(database: Any, box: Mailbox, body: Any, field: str) -> None:
    token, _ = joined(database, box)

    sent = {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD} | body
    reply = send("account/change_password", "POST", "me/password", body=sent, token=token)

    assert (reply.status, [detail["field"] for detail in reply.error["details"]]) == (422, [field])
    assert login().status == 200
    assert recorded(database, "user.password_changed") == []
    assert "horse" not in reply.body.decode()


def test_guessing_the_current_password_is_slowed_for_the_user_wherever_it_is_tried(database: Any, box: Mailbox) -> None:
    token, _ = joined(database, box)
    other = register("eve@example.com").data["accessToken"]

    tries = [change_password(token, "wrong password").status for _ in range(6)]

    assert tries == [422] * 5 + [429]
    assert change_password(other, "wrong password").status == 422
    assert change_password(None).status == 401


def test_a_change_sent_again_is_answered_again_and_no_password_is_kept_for_it(database: Any, box: Mailbox) -> None:
    token, _ = joined(database, box)
    body = {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD}
    headers = {"idempotency-key": "the-same"}

    first, second = (
        send("account/change_password", "POST", "me/password", body=body, token=token, headers=headers)
        for _ in range(2)
    )

    assert (first.status, second.status) == (204, 204)
    kept = str(aws.client("dynamodb").scan(TableName=ENVIRONMENT["IDEMPOTENCY_TABLE"])["Items"])
    assert PASSWORD not in kept
    assert NEW_PASSWORD not in kept


@pytest.mark.parametrize(
    "password",
    [
        "password123", "1234567890", "qwertyuiop", "iloveyou12", "aaaaaaaaaaaa", "abcdefghijk", "letmein12345",
        "P@ssw0rd123", "lovelace-and-more-of-it", "I shop at RAVO every day", "passwordpassword",
    ],
)  # fmt: skip
def test_what_is_guessed_soon_is_no_password(migrated: None, password: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        refuse_weak(password, email="lovelace@example.com")

    assert [detail.field for detail in refused.value.details] == ["password"]


@pytest.mark.parametrize(
    "password", [PASSWORD, NEW_PASSWORD, "Sommerabend am Kanal", "tG7#qLw9vZ", "ein Ada, ein Wort und mehr"]
)
def test_what_takes_long_to_guess_is_one(migrated: None, password: str) -> None:
    refuse_weak(password, email="ada@example.com")


def test_none_of_the_ten_thousand_most_common_that_are_long_enough_is_one(migrated: None) -> None:
    common = common_passwords()

    assert len(common) == 10_000
    assert {"qwertyuiop", "newfoundland", "superpassword"} < common
    assert all(len(password) >= 10 and password == password.lower() for password in common)
    for password in common:
        for written in (password, password.upper()):
            with pytest.raises(WeakPassword):
                refuse_weak(written, email="lovelace@example.com")


def test_nobody_registers_with_a_common_password(database: Any) -> None:
    reply = register(password="password123")

    assert (reply.status, reply.error["details"][0]["field"]) == (422, "password")
    assert database.scalar(text("SELECT count(*) FROM users")) == 0


def test_a_reset_costs_few_statements(database: Any, box: Mailbox, statements: list[str]) -> None:
    _, first = joined(database, box)
    verify(first)
    link = reset_link(database, box)
    statements.clear()

    assert reset(link).status == 204

    # Redeem, lock, set, two kinds of links, the sessions, and the event: written and marked as sent.
    assert len(statements) == 8
