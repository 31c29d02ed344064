"""A mail of tests: a domain `tests` that greets in two languages."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from ravo.platform import mail
from ravo.platform.mail import rendering

KIND = "tests.greeting"
TEMPLATES = {
    "en/greeting.txt": '{% extends "platform/mail/layout.txt" %}{% block subject %}Hello {{ name }}{% endblock %}'
    "{% block text %}Dear {{ name }},\nwelcome.{% endblock %}",
    "en/greeting.html": '{% extends "platform/mail/layout.html" %}{% block content %}<p>Dear {{ name }}</p>{% endblock %}',
    "de/greeting.txt": '{% extends "platform/mail/layout.txt" %}{% block subject %}Grüß Gott {{ name }}{% endblock %}'
    "{% block text %}Grüß Gott {{ name }}{% endblock %}",
    "de/greeting.html": '{% extends "platform/mail/layout.html" %}{% block content %}<p>Grüß Gott</p>{% endblock %}',
}


def written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the mails' templates found for the length of a fixture."""
    for name, source in TEMPLATES.items():
        path = folder / "tests" / "mails" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    monkeypatch.setattr(rendering, "FOLDERS", [*rendering.FOLDERS, folder])
    rendering.environment.cache_clear()
    yield
    rendering.environment.cache_clear()


def letter(name: str = "Ada", recipient: str = "ada@example.com", locale: str = "en") -> Callable[[Any], mail.Letter]:
    """What a greeting needs."""
    return lambda _session: mail.Letter(recipient, locale, {"name": name})


def send(event_id: UUID, build: Callable[[Any], mail.Letter | None]) -> None:
    """Send the greeting that an event asks for."""
    mail.send_once(kind=KIND, event_id=event_id, build=build)
