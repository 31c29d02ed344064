"""A mail as it travels: MIME with a text and an HTML part, and headers that nobody can add to."""

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from typing import NamedTuple
from uuid import UUID

from ravo.platform.settings import settings
from ravo.platform.time import now


class Written(NamedTuple):
    """A mail in words; `locale` is the language that they are in."""

    locale: str
    subject: str
    text: str
    html: str


class NoAddress(ValueError):
    """Something that should be a mail address is none; it is not said which, since that ends in a log."""


def compose(mail_id: UUID, recipient: str, written: Written) -> bytes:
    """Put a mail together. Raises `NoAddress`."""
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["Message-ID"] = f"<{mail_id}@{sender().domain}>"
    message["Date"] = now()
    message["From"] = sender()
    message["To"] = address(recipient)
    if settings().mail_reply_to:
        message["Reply-To"] = address(settings().mail_reply_to)
    message["Subject"] = written.subject
    # Nobody's holiday greeting answers this (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(written.text)
    message.add_alternative(written.html, subtype="html")
    message["Content-Language"] = written.locale
    return message.as_bytes()


def sender() -> Address:
    """Return who all mails come from; its name is the shop's. Raises `NoAddress` when nobody is set."""
    name, spec = parseaddr(settings().mail_from)
    found = address(spec)
    return Address(display_name=name or found.domain, addr_spec=spec)


def address(spec: str) -> Address:
    """Return a bare mail address. Raises `NoAddress`."""
    try:
        found = Address(addr_spec=spec)
    except (ValueError, IndexError, MessageError):
        raise NoAddress from None
    if not found.username or not found.domain or found.addr_spec != spec:
        raise NoAddress
    return found
