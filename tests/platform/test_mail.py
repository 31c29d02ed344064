"""Mail: written in the reader's language, sent once however often the event comes, and never with a header of somebody else's."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from ravo.platform import mail
from ravo.platform.aws import calls
from ravo.platform.ids import uuid7
from ravo.platform.mail import message, rendering
from ravo.platform.settings import forget_settings
from tests.greetings import KIND, letter, send
from tests.mails import Mailbox

pytestmark = pytest.mark.usefixtures("greetings")


def logged(database: Any) -> list[tuple[Any, ...]]:
    rows = database.execute(text("SELECT recipient, locale, subject, status, sent_at IS NOT NULL FROM mails"))
    return [tuple(row) for row in rows]


def test_a_mail_has_a_text_and_an_html_part_and_is_logged_as_sent(database: Any, box: Mailbox) -> None:
    send(uuid7(), letter())

    (got,) = box.take()
    assert (got.to, got.sender, got.subject) == ("ada@example.com", "Ravo <shop@ravo.example>", "Hello Ada")
    assert got.text == "Dear Ada,\nwelcome.\n\n-- \nRavo\nhttp://localhost:8000\n"
    assert "<p>Dear Ada</p>" in got.html and '<html lang="en"' in got.html and "<title>Hello Ada</title>" in got.html
    mail_id = database.scalar(text("SELECT id FROM mails"))
    assert got.headers["message-id"] == f"<{mail_id}@ravo.example>"
    assert (got.headers["auto-submitted"], got.headers["content-language"]) == ("auto-generated", "en")
    assert "reply-to" not in got.headers and got.headers["date"]
    assert logged(database) == [("ada@example.com", "en", "Hello Ada", "sent", True)]
    assert database.scalar(text("SELECT provider_id FROM mails"))


def test_a_second_delivery_of_the_event_sends_nothing(database: Any, box: Mailbox) -> None:
    event, asked = uuid7(), []

    for _ in range(2):
        send(event, lambda session: asked.append(1) or letter()(session))
    send(uuid7(), letter())

    assert (len(box.take()), asked) == (2, [1])


def test_with_nobody_to_tell_nothing_is_sent_or_logged(database: Any, box: Mailbox) -> None:
    send(uuid7(), lambda _session: None)

    assert (box.take(), logged(database)) == ([], [])


@pytest.mark.parametrize(
    ("locale", "written"), [("de", "de"), ("de-AT", "de"), ("en-GB", "en"), ("fr", "en"), ("../x", "en"), ("", "en")]
)
def test_a_mail_is_written_in_the_nearest_language_that_there_is(
    database: Any, box: Mailbox, locale: str, written: str
) -> None:
    send(uuid7(), letter("Jürgen 🏃", locale=locale))

    (got,) = box.take()
    assert got.subject == {"de": "Grüß Gott Jürgen 🏃", "en": "Hello Jürgen 🏃"}[written]
    assert f'lang="{written}"' in got.html
    assert "Jürgen 🏃" in got.text
    assert logged(database)[0][1] == written


def test_a_name_with_line_breaks_adds_no_header(database: Any, box: Mailbox) -> None:
    for name in ("Ada\r\nBcc: eve@example.com", "Ada\n\nX: y", "Ada\u2028Bcc: eve@example.com", "Ada\x0bX: y"):
        send(uuid7(), letter(name))

    for got in box.take():
        assert got.subject.startswith("Hello Ada ")
        assert not {"bcc", "x"} & set(got.headers)


def test_what_a_value_says_is_text_in_html(database: Any, box: Mailbox) -> None:
    send(uuid7(), letter("<script>alert(1)</script>"))

    (got,) = box.take()
    assert "<script>" not in got.html and "&lt;script&gt;" in got.html
    assert "Dear <script>alert(1)</script>," in got.text


@pytest.mark.parametrize("recipient", ["ada@example.com\r\nBcc: eve@example.com", "Ada <ada@example.com>", "ada", ""])
def test_what_is_no_address_gets_no_mail_and_is_not_repeated_in_the_error(
    database: Any, box: Mailbox, recipient: str
) -> None:
    with pytest.raises(message.NoAddress) as refused:
        send(uuid7(), letter(recipient=recipient))

    assert str(refused.value) == ""
    assert (box.take(), logged(database)) == ([], [])


def test_a_mail_that_lacks_a_value_is_not_sent(database: Any, box: Mailbox) -> None:
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError):
        send(uuid7(), lambda _session: mail.Letter("ada@example.com", "en", {}))

    assert (box.take(), logged(database)) == ([], [])


def test_a_mail_without_templates_is_not_sent(database: Any, box: Mailbox) -> None:
    from jinja2 import TemplateNotFound

    with pytest.raises(TemplateNotFound, match=r"^tests/mails/en/unknown\.txt$"):
        mail.send_once(kind="tests.unknown", event_id=uuid7(), build=letter())


def test_answers_go_where_the_shop_says(database: Any, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_REPLY_TO", "help@ravo.example")
    monkeypatch.setenv("MAIL_FROM", "shop@ravo.example")
    forget_settings()
    send(uuid7(), letter())
    monkeypatch.undo()
    forget_settings()

    (got,) = box.take()
    assert (got.sender, got.headers["reply-to"]) == ('"ravo.example" <shop@ravo.example>', "help@ravo.example")


@pytest.fixture
def unverified(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A sender that SES does not know, until undone."""
    monkeypatch.setenv("MAIL_FROM", "shop@unverified.example")
    forget_settings()
    yield monkeypatch
    monkeypatch.undo()
    forget_settings()


def test_what_ses_refuses_is_logged_and_the_next_try_sends_it(
    database: Any, box: Mailbox, unverified: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    event = uuid7()
    with pytest.raises(mail.MailNotSent, match=r"^MessageRejected$") as refused:
        send(event, letter())
    assert logged(database) == [("ada@example.com", "en", "Hello Ada", "failed", False)]
    assert refused.value.__suppress_context__
    first = database.scalar(text("SELECT id FROM mails"))

    unverified.undo()
    forget_settings()
    send(event, letter())

    assert [got.headers["message-id"] for got in box.take()] == [f"<{first}@ravo.example>"]
    assert logged(database)[0][3:] == ("sent", True)
    assert "ada@example.com" not in capsys.readouterr().out


def claimed(database: Any, event: UUID, *, seconds: int) -> None:
    """Leave behind what a sender that died so long ago leaves behind."""
    database.execute(
        text(
            "INSERT INTO mails (id, kind, event_id, recipient, locale, subject, status, claimed_at) VALUES (:id, :kind,"
            " :event, 'a@b.example', 'en', 'x', 'sending', clock_timestamp() - make_interval(secs => :seconds))"
        ),
        {"id": uuid7(), "kind": KIND, "event": event, "seconds": seconds},
    )


def test_what_another_is_sending_right_now_is_left_to_it_and_tried_again(database: Any, box: Mailbox) -> None:
    event = uuid7()
    claimed(database, event, seconds=50)

    with pytest.raises(mail.MailUnderWay):
        send(event, letter())

    assert box.take() == []
    assert logged(database) == [("a@b.example", "en", "x", "sending", False)]


def test_what_a_crash_left_behind_is_taken_over_after_a_minute(database: Any, box: Mailbox) -> None:
    event = uuid7()
    claimed(database, event, seconds=61)

    send(event, letter())

    assert [got.to for got in box.take()] == ["ada@example.com"]
    assert logged(database) == [("ada@example.com", "en", "Hello Ada", "sent", True)]


def test_a_crash_between_sending_and_marking_sends_again_rather_than_never(
    database: Any, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ravo.platform.mail import queries

    event = uuid7()
    monkeypatch.setattr(queries, "mark_sent", _die)
    with pytest.raises(RuntimeError):
        send(event, letter())
    monkeypatch.undo()
    database.execute(text("UPDATE mails SET claimed_at = claimed_at - interval '61 seconds'"))

    send(event, letter())

    first, second = box.take()
    assert first.headers["message-id"] == second.headers["message-id"]


def _die(*_: Any) -> None:
    raise RuntimeError


def test_a_statement_that_fails_names_no_address(database: Any, box: Mailbox) -> None:
    from sqlalchemy.exc import DBAPIError

    with pytest.raises(DBAPIError) as failed:
        send(uuid7(), letter(recipient=f"ada@{'x' * 60}.{'y' * 60}.{'z' * 60}.{'w' * 60}.{'v' * 60}.example"))

    assert "ada@" not in str(failed.value)
    assert box.take() == []


def test_ses_is_asked_outside_of_any_transaction(
    database: Any, box: Mailbox, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call, seen = calls.call, []

    def watched(*asked: Any) -> Any:
        seen.append(list(statements))
        return call(*asked)

    monkeypatch.setattr(calls, "call", watched)
    send(uuid7(), letter())

    assert [len(before) for before in seen] == [2]
    assert len(statements) == 3


def test_every_mail_is_written_in_every_language_and_both_parts() -> None:
    package = Path(rendering.__file__).parent.parent.parent
    locales: dict[Path, dict[str, set[str]]] = {}
    for folder in package.glob("*/mails/*"):
        locales.setdefault(folder.parent, {})[folder.name] = {path.name for path in folder.iterdir()}

    for domain, written in locales.items():
        assert {"en", "de"} <= set(written), domain
        for locale, names in written.items():
            assert names == written["en"], f"{domain}: {locale}"
            assert {Path(name).with_suffix(".html").name for name in names if name.endswith(".txt")} == {
                name for name in names if name.endswith(".html")
            }
