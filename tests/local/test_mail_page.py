"""The page that shows what mails were sent, as their readers get them."""

import json
import os
from types import SimpleNamespace
from typing import Any

from local.connections import Request
from local.mail import decoded, row_of
from local.pages import _Pages
from ravo.platform.ids import uuid7
from tests.greetings import letter, send
from tests.mails import Mailbox


def test_the_page_of_mails_shows_them_decoded_and_lets_their_html_do_nothing(
    database: Any, box: Mailbox, greetings: None
) -> None:
    send(uuid7(), letter("Zoë <b>&</b>"))
    send(uuid7(), letter('Jürgen "x" 🏃', locale="de"))
    system: Any = SimpleNamespace(moto=SimpleNamespace(url=os.environ["AWS_ENDPOINT_URL"]))
    here = _Pages(system)
    page = here.mail(Request()).body.decode()
    newest, older = json.loads(here.mail_json(Request()).body)[:2]

    assert (newest["subject"], older["subject"]) == ('Grüß Gott Jürgen "x" 🏃', "Hello Zoë <b>&</b>")
    assert newest["text"].startswith('Grüß Gott Jürgen "x" 🏃\n')
    assert "<p>Grüß Gott</p>" in newest["html"]
    assert (newest["to"], newest["sender"]) == ("ada@example.com", "Ravo <shop@ravo.example>")
    assert newest["at"] >= older["at"]
    assert page.index("Grüß Gott Jürgen") < page.index("Hello Zoë")
    assert '<iframe sandbox srcdoc="&lt;!doctype html&gt;' in page
    assert "Zoë &lt;b&gt;&amp;&lt;/b&gt;" in page


def test_a_mail_without_parts_or_date_is_shown_all_the_same() -> None:
    bare = decoded("To: a@b.example\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGrüße")

    assert (bare.to, bare.subject, bare.at, bare.text, bare.html) == ("a@b.example", "", "", "Grüße", "")
    assert row_of(bare) == ("a@b.example", "", "", "<pre>Grüße</pre>", "")
