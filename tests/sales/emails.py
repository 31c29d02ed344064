"""Mails about orders in tests: orders that something happens to, and what their mails say."""

import re
from typing import Any

from local.mail import Mail
from ravo.platform.ids import uuid7
from tests.jobs import recorded, run
from tests.mails import Mailbox
from tests.sales.carts import send_to
from tests.sales.orders import checkout, ready_cart

JOB = "sales/jobs/mail_order"
# What a text says between its greeting and its link.
WORDS = re.compile(r"\A(?:Hello|Hallo) Ada,\n\n(.*)\n\n(?:View your order|Bestellung ansehen):\n", re.DOTALL)


def place(database: Any, variant: str, quantity: int = 2, locale: str = "en", **address: str) -> Any:
    """Order some pieces, to be paid."""
    cart = ready_cart(database, (variant, quantity), locale=locale)
    if address:
        assert send_to(cart, **address).status == 200
    reply = checkout(cart)
    assert reply.status == 201, reply.body
    return reply.data


def tell(database: Any, kind: str = "order.") -> None:
    """Deliver what happened to orders to the job alone."""
    for event in recorded(database):
        if event.type.startswith(kind):
            assert run(JOB, event.detail) == []


def happened(placed: Any, kind: str, **data: Any) -> dict[str, Any]:
    """An event of an order, as the job gets it."""
    return {
        "id": str(uuid7()),
        "type": kind,
        "version": 9,
        "occurredAt": "2026-11-25T14:00:00Z",
        "aggregateId": placed["orderId"],
        "data": {"orderNumber": placed["orderNumber"]} | data,
    }


def take_one(box: Mailbox) -> Mail:
    """Take the only mail that came."""
    (mail,) = box.take()
    return mail


def words_of(mail: Mail) -> str:
    """What a mail about a step says."""
    said = WORDS.search(mail.text)
    assert said, mail.text
    return said[1]


def plain(html: str) -> list[str]:
    """What a reader sees of a page, piece by piece."""
    body = html.partition("<body")[2].partition(">")[2]
    return [piece for each in re.split(r"<[^>]+>", body) if (piece := " ".join(each.split()))]
