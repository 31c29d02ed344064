"""Sending once: claimed in one transaction, sent outside of any, and marked as sent in another."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.platform.aws import calls
from ravo.platform.database import transaction
from ravo.platform.mail import queries
from ravo.platform.mail.message import compose, sender
from ravo.platform.mail.rendering import render
from ravo.platform.observability import count, logger


@dataclass(frozen=True)
class Letter:
    """What a mail needs: an address, the language to write in, and the values that the templates name."""

    recipient: str
    locale: str
    values: Mapping[str, Any]


class MailUnderWay(Exception):
    """Another delivery of the event is sending the mail right now, or died doing so less than a minute ago."""


class MailNotSent(Exception):
    """SES did not take the mail. The message is its error code: its own words may name addresses."""


@dataclass(frozen=True)
class _Claimed:
    id: UUID
    recipient: str
    content: bytes


def send_once(*, kind: str, event_id: UUID, build: Callable[[Session], Letter | None]) -> None:
    """Send the one mail of a kind that an event asks for; call it outside of any transaction.

    `build` gets the session of the transaction that claims the mail, and may act in it as well as read. It returns None
    when there is nobody to tell. It is asked again by each try until the mail is sent, so it must be safe to repeat.

    Raises `MailUnderWay` or `MailNotSent`, and then the queue tries again.
    """
    with transaction() as session:
        claimed = _claim(session, kind, event_id, build)
    if claimed is None:
        return
    provider_id = _send(claimed)
    with transaction() as session:
        queries.mark_sent(session, claimed.id, provider_id)
    count("MailSent", kind=kind)


def _claim(session: Session, kind: str, event_id: UUID, build: Callable[[Session], Letter | None]) -> _Claimed | None:
    if queries.is_sent(session, kind, event_id):
        return None
    letter = build(session)
    if letter is None:
        return None
    written = render(kind, letter.locale, letter.values)
    mail_id = queries.claim(
        session,
        kind=kind,
        event_id=event_id,
        recipient=letter.recipient,
        locale=written.locale,
        subject=written.subject,
    )
    if mail_id is None:
        raise MailUnderWay(kind)
    return _Claimed(mail_id, letter.recipient, compose(mail_id, letter.recipient, written))


def _send(claimed: _Claimed) -> str:
    letter = {
        "FromEmailAddress": sender().addr_spec,
        "Destination": {"ToAddresses": [claimed.recipient]},
        "Content": {"Raw": {"Data": b64encode(claimed.content).decode()}},
    }
    try:
        answer = calls.call(calls.MAIL, "SendEmail", letter, "/v2/email/outbound-emails")
    except calls.CallFailed as error:
        with transaction() as session:
            queries.mark_failed(session, claimed.id)
        logger().warning("mail not sent", mailId=str(claimed.id), code=error.code)
        raise MailNotSent(error.code) from None
    return str(answer["MessageId"])
