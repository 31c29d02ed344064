"""Mails that the stand-in accepted, read back and decoded as a mail program would do it."""

import email
import json
import sys
import urllib.request
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from html import escape
from typing import Any

# Where the stand-in lists mails: all of them, or those after a number.
MAILS = "/moto-api/mails.json"


@dataclass(frozen=True)
class Mail:
    """A mail with its parts decoded; `at` is when it was written, in ISO 8601."""

    to: str
    sender: str
    subject: str
    at: str
    text: str
    html: str
    headers: dict[str, str]


def sent(stand_in: str, *, after: int = 0) -> list[Mail]:
    """Return the mails that were sent through the stand-in at this address, the newest first.

    `after` leaves out that many of the oldest.
    """
    return [decoded(raw) for raw in reversed(_told(stand_in, after)["mails"])]


def how_many(stand_in: str) -> int:
    """Return how many mails were sent through the stand-in at this address."""
    return _told(stand_in, sys.maxsize)["total"]


def _told(stand_in: str, after: int) -> dict[str, Any]:
    asked = json.dumps({"after": after}).encode()
    with urllib.request.urlopen(f"{stand_in}{MAILS}", asked, timeout=5) as answer:  # noqa: S310  (always http: our own stand-in's address)
        return json.load(answer)


def decoded(raw: str) -> Mail:
    """Decode a mail from its raw form."""
    message = email.message_from_bytes(raw.encode(), policy=default)
    return Mail(
        to=str(message["to"] or ""),
        sender=str(message["from"] or ""),
        subject=str(message["subject"] or ""),
        at=parsedate_to_datetime(str(message["date"])).isoformat() if message["date"] else "",
        text=_part(message, "plain"),
        html=_part(message, "html"),
        headers={name.lower(): str(value) for name, value in message.items()},
    )


def row_of(mail: Mail) -> tuple[str, ...]:
    """Show a mail.

    Its HTML is in a frame without rights: it runs no script, submits no form, and leads nowhere.
    """
    frame = (
        f'<iframe sandbox srcdoc="{escape(mail.html)}" title="{escape(mail.subject)}"></iframe>' if mail.html else ""
    )
    return escape(mail.to), escape(mail.subject), escape(mail.at), f"<pre>{escape(mail.text)}</pre>", frame


def _part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    return str(found.get_content()).replace("\r\n", "\n") if found else ""
