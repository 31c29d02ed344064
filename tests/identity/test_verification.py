"""Proving a mail address: by its link, once, while it is young, and while the account has that address still."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from tests.gateway import call
from tests.identity.accounts import ask_for, confirm, joined, send, token_in, verify
from tests.identity.people import IDENTITY, PASSWORD, login, me, register
from tests.jobs import drain, recorded, run
from tests.mails import Mailbox

UNUSABLE = "This link was used, is too old, or was replaced by a newer one. Ask for another."


def resend(token: str | None, **request: Any) -> Any:
    return send("account/resend_verification", "POST", "verify-email/resend", token=token, **request)


@pytest.mark.parametrize(
    ("locale", "subject", "words"),
    [
        ("en", "Confirm your mail address for Ravo", "Please confirm that it is yours."),
        ("de-AT", "Bestätige deine E-Mail-Adresse für Ravo", "Bitte bestätige, dass sie dir gehört."),
    ],
)
def test_who_registers_gets_a_link_and_is_verified_by_it(
    database: Any, box: Mailbox, locale: str, subject: str, words: str
) -> None:
    token = register(locale=locale, firstName="<b>Win at evil.example</b>").data["accessToken"]
    assert me(token).data["emailVerified"] is False
    drain(database)

    (mail,) = box.take()
    assert (mail.to, mail.subject) == ("ada@example.com", subject)
    assert words in mail.text
    link = f"http://localhost:8000/account/verify-email?token={token_in(mail)}"
    assert f"\n{link}\n" in mail.text and f'href="{link}"' in mail.html
    assert "evil" not in mail.text + mail.html
    assert verify(token_in(mail)).status == 204
    profile = me(token).data
    assert (profile["emailVerified"], profile["version"]) == (True, 2)
    (event,) = recorded(database, "user.email_verified")
    assert event.detail["data"] == {"userId": profile["id"]}
    assert (event.detail["aggregateId"], event.detail["version"]) == (profile["id"], 2)


def test_the_link_stands_in_the_mail_alone(database: Any, box: Mailbox) -> None:
    _, link = joined(database, box)

    assert database.scalar(text("SELECT hash FROM mailed_tokens")) == hashlib.sha256(link.encode()).digest()
    assert link not in str([event.detail for event in recorded(database)])
    assert link not in str(database.execute(text("SELECT * FROM mails")).all())
    assert "ada@" not in str([event.detail for event in recorded(database)])


def test_a_link_works_once(database: Any, box: Mailbox) -> None:
    _, link = joined(database, box)

    assert verify(link).status == 204
    again = verify(link)

    assert (again.status, again.error["message"]) == (422, UNUSABLE)
    assert again.error["details"] == [{"field": "token", "message": "is not valid, or no longer"}]
    assert len(recorded(database, "user.email_verified")) == 1


def test_a_link_is_too_old_after_a_day(database: Any, box: Mailbox) -> None:
    token, link = joined(database, box)
    lives = text("SELECT extract(epoch FROM expires_at - clock_timestamp()) FROM mailed_tokens")
    assert 86_000 < database.scalar(lives) <= 86_400
    database.execute(text("UPDATE mailed_tokens SET expires_at = clock_timestamp()"))

    assert verify(link).status == 422
    assert me(token).data["emailVerified"] is False


@pytest.mark.parametrize("link", ["x", "ä" * 40, "' OR 1=1 --", "0" * 43])
def test_a_made_up_link_proves_nothing(database: Any, box: Mailbox, link: str) -> None:
    token, _ = joined(database, box)

    assert verify(link).status == 422
    assert me(token).data["emailVerified"] is False


@pytest.mark.parametrize(
    "body", [{}, {"token": ""}, {"token": "x" * 101}, {"token": None}, {"token": "x", "userId": "y"}]
)
def test_what_is_no_link_is_refused_by_field(database: Any, body: Any) -> None:
    assert send("store/verify_email", "POST", "verify-email", body=body).status == 422


def test_a_link_for_another_purpose_proves_nothing(database: Any, box: Mailbox) -> None:
    _, link = joined(database, box)

    assert confirm(link).status == 422
    body = {"token": link, "newPassword": "seven quiet mornings"}
    assert call("identity/store/reset_password", "POST", f"{IDENTITY}/reset-password", body=body).status == 422
    assert login().status == 200


def test_a_link_does_not_prove_an_address_that_the_account_got_meanwhile(database: Any, box: Mailbox) -> None:
    token, link = joined(database, box)
    database.execute(text("UPDATE users SET email = 'other@example.com'"))

    assert verify(link).status == 422
    assert me(token).data["emailVerified"] is False


@pytest.mark.parametrize("state", ["deleted_at", "disabled_at"])
def test_a_closed_or_disabled_account_is_neither_mailed_nor_verified(database: Any, box: Mailbox, state: str) -> None:
    _, link = joined(database, box)
    register("eve@example.com")
    database.execute(text(f"UPDATE users SET {state} = now()"))
    drain(database)

    assert box.take() == []
    assert verify(link).status == 422


def test_another_link_replaces_the_one_before(database: Any, box: Mailbox) -> None:
    token, first = joined(database, box)

    reply = resend(token)

    assert (reply.status, reply.data) == (202, {"email": "ada@example.com", "validFor": 86_400})
    drain(database)
    (mail,) = box.take()
    assert verify(first).status == 422
    assert verify(token_in(mail)).status == 204
    assert resend(None).status == 401


def test_who_is_verified_gets_no_other_link(database: Any, box: Mailbox) -> None:
    token, link = joined(database, box)
    late = recorded(database, "user.registered")[0].detail
    verify(link)

    assert resend(token).status == 202

    assert recorded(database, "email_verification.requested") == []
    assert run("identity/jobs/mail_verification", late | {"id": "01936b80-11aa-7bcd-8123-456789abcdef"}) == []
    assert box.take() == []


def test_no_mailbox_is_flooded_however_often_a_link_is_asked_for(database: Any, box: Mailbox) -> None:
    token, _ = joined(database, box)

    assert [resend(token, address=f"198.51.100.{n}").status for n in range(7)] == [202] * 7
    drain(database)

    assert len(box.take()) == 4
    assert database.scalar(text("SELECT count(*) FROM mailed_tokens")) == 5


def test_an_event_that_comes_twice_is_mailed_once(database: Any, box: Mailbox) -> None:
    register()
    (event,) = recorded(database, "user.registered")

    assert run("identity/jobs/mail_verification", event.detail, event.detail) == []

    assert len(box.take()) == 1
    assert event.detail["data"].keys() == {"userId"}


def test_asking_for_links_is_slowed_by_address(database: Any) -> None:
    token = register().data["accessToken"]

    assert [resend(token).status for _ in range(6)] == [202] * 5 + [429]


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize(
    "kind",
    [
        "verify_email", "reset_password", "password_changed", "change_email", "account_exists", "email_change_asked",
        "recovery_code_used", "provider_linked", "provider_unlinked",
    ],
)  # fmt: skip
def test_each_mail_is_whole_in_each_language(migrated: None, kind: str, locale: str) -> None:
    from ravo.platform.mail.rendering import render

    link = "http://localhost:8000/account/page?token=T"
    values = {"link": link, "at": datetime(2026, 11, 25, 14, tzinfo=UTC), "provider": "Google"}
    written = render(f"identity.{kind}", locale, values)

    assert f":\n{link}\n" in written.text and f'href="{link}"' in written.html
    assert written.text.startswith({"en": "Hello,\n\n", "de": "Hallo,\n\n"}[locale])
    assert f">{written.subject}</h1>" in written.html
    assert written.locale == locale


def test_another_address_needs_the_password_and_its_own_proof(database: Any, box: Mailbox) -> None:
    token, _ = joined(database, box)
    other = login().data["accessToken"]

    reply = ask_for(token, "Augusta@example.com")

    assert (reply.status, reply.data) == (202, {"email": "Augusta@example.com", "validFor": 86_400})
    drain(database)
    notice, mail = box.take()
    assert (notice.to, notice.subject) == ("ada@example.com", "Your account at Ravo shall get another mail address")
    assert "token=" not in notice.text and "ugusta" not in notice.text
    assert (mail.to, mail.subject) == ("Augusta@example.com", "Confirm your new mail address for Ravo")
    assert f"http://localhost:8000/account/change-email?token={token_in(mail)}\n" in mail.text
    assert me(token).data["email"] == "ada@example.com"
    (asked,) = recorded(database, "email_change.requested")
    assert "ugusta" not in str(asked.detail) and token_in(mail) not in str(asked.detail)

    assert confirm(token_in(mail), token).status == 204

    profile = me(token).data
    assert (profile["email"], profile["emailVerified"], profile["version"]) == ("Augusta@example.com", True, 2)
    assert login("augusta@example.com").status == 200
    assert login().status == 401
    assert [event.type for event in recorded(database)][-2:] == ["user.email_changed", "user.email_verified"]
    ended = "SELECT count(*) FROM sessions WHERE ended_at IS NOT NULL"
    assert database.scalar(text(ended)) == 1
    assert send("account/list_sessions", "GET", "me/sessions", token=other).status == 401
    assert confirm(token_in(mail)).status == 422


def test_a_link_opened_elsewhere_ends_every_session(database: Any, box: Mailbox) -> None:
    token, _ = joined(database, box)
    ask_for(token, "augusta@example.com")
    drain(database)
    stranger = register("eve@example.com").data["accessToken"]

    assert confirm(token_in(box.take()[-1]), stranger).status == 204

    open_ones = "SELECT email FROM sessions JOIN users ON users.id = user_id WHERE ended_at IS NULL"
    assert list(database.scalars(text(open_ones))) == ["eve@example.com"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"newEmail": "a@example.com", "currentPassword": "wrong password"}, 422),
        ({"newEmail": "a@example.com"}, 422),
        ({"newEmail": "nobody", "currentPassword": PASSWORD}, 422),
        ({"newEmail": "a@example.com", "currentPassword": PASSWORD, "emailVerified": True}, 422),
    ],
)
def test_without_the_password_no_address_is_asked_for(database: Any, box: Mailbox, body: Any, status: int) -> None:
    token, _ = joined(database, box)

    assert send("account/request_email_change", "POST", "me/email", body=body, token=token).status == status

    assert recorded(database, "email_change.requested") == []
    assert database.scalar(text("SELECT count(*) FROM mailed_tokens WHERE purpose = 'change_email'")) == 0


def test_whose_address_it_is_learns_that_someone_wants_it_and_nobody_else_does(database: Any, box: Mailbox) -> None:
    register("eve@example.com")
    token, _ = joined(database, box)

    taken, free = ask_for(token, "EVE@example.com"), ask_for(token, "free@example.com")

    assert (taken.status, taken.data["validFor"]) == (free.status, free.data["validFor"])
    (first, _) = recorded(database, "email_change.requested")
    database.execute(
        text("UPDATE mailed_tokens SET expires_at = now() + interval '1 hour' WHERE id = :id"),
        {"id": first.detail["aggregateId"]},
    )
    assert run("identity/jobs/mail_email_change", first.detail) == []
    notice, exists = box.take()
    assert notice.to == "ada@example.com"
    assert (exists.to, exists.subject) == ("EVE@example.com", "You have an account at Ravo already")
    assert "token=" not in exists.text and "ada@" not in exists.text


def test_an_address_that_was_taken_meanwhile_is_refused_and_nothing_changes(database: Any, box: Mailbox) -> None:
    token, _ = joined(database, box)
    ask_for(token, "augusta@example.com")
    drain(database)
    link = token_in(box.take()[-1])
    register("Augusta@example.com")

    refused = confirm(link, token)

    assert (refused.status, refused.error["code"]) == (409, "CONFLICT")
    assert me(token).data["email"] == "ada@example.com"
    assert recorded(database, "user.email_changed") == []
    assert database.scalar(text("SELECT count(*) FROM sessions WHERE ended_at IS NOT NULL")) == 0


def test_the_capitals_of_an_address_can_be_changed(database: Any, box: Mailbox) -> None:
    token, _ = joined(database, box)
    ask_for(token, "Ada@Example.com")
    drain(database)

    assert confirm(token_in(box.take()[-1]), token).status == 204
    assert me(token).data["email"] == "Ada@Example.com"


def test_links_to_the_old_address_die_with_it(database: Any, box: Mailbox) -> None:
    token, link = joined(database, box)
    ask_for(token, "augusta@example.com")
    drain(database)
    confirm(token_in(box.take()[-1]), token)

    assert verify(link).status == 422


def test_another_address_can_be_asked_for_five_times_an_hour(database: Any, box: Mailbox) -> None:
    token, _ = joined(database, box)
    for n in range(5):
        assert ask_for(token, f"a{n}@example.com").status == 202
    from ravo.platform import valkey

    valkey.execute("FLUSHALL")

    late = ask_for(token, "a9@example.com")

    assert (late.status, late.headers["retry-after"]) == (429, "3600")
    assert len(recorded(database, "email_change.requested")) == 5
