"""Mails about orders as a job: each sent once, to somebody, as soon as it can be."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ravo.platform.mail import rendering
from ravo.platform.settings import forget_settings
from ravo.sales.orders.events import OrderChanged
from tests.catalog.shop import NOWHERE
from tests.grants import denials
from tests.jobs import consumers, recorded, run
from tests.mails import Mailbox
from tests.sales.emails import JOB, happened, place, take_one, tell
from tests.sales.orders import move


@pytest.fixture
def unverified(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A sender that SES does not know, until undone."""
    monkeypatch.setenv("MAIL_FROM", "shop@unverified.example")
    forget_settings()
    with denials():
        yield monkeypatch
    monkeypatch.undo()
    forget_settings()


def test_the_queue_may_deliver_twice_and_the_customer_reads_once(database: Any, hoodie: str, box: Mailbox) -> None:
    place(database, hoodie)
    (event,) = recorded(database, "order.placed")

    assert run(JOB, event.detail, event.detail) == []
    assert run(JOB, event.detail, tries=2) == []

    assert len(box.take()) == 1
    assert database.scalar(text("SELECT kind FROM mails")) == "sales.order_placed"


def test_what_nobody_shall_be_told_is_not_told(database: Any, staff_token: str, hoodie: str, box: Mailbox) -> None:
    placed = place(database, hoodie)
    assert move(placed["orderId"], "cancelled", staff_token, notify=False).status == 200
    tell(database, "order.cancelled")

    assert recorded(database, "order.cancelled")[0].detail["data"]["notify"] is False
    assert box.take() == []
    assert database.scalar(text("SELECT count(*) FROM mails")) == 0


def test_an_order_that_is_gone_leaves_nobody_to_tell(database: Any, box: Mailbox) -> None:
    for kind in ("order.placed", "order.paid", "order.packed"):
        assert run(JOB, happened({"orderId": NOWHERE, "orderNumber": "AAAAA-AAAAA"}, kind)) == []

    assert box.take() == []


def test_with_ses_down_the_next_try_tells(
    database: Any, hoodie: str, box: Mailbox, unverified: pytest.MonkeyPatch
) -> None:
    placed = place(database, hoodie)
    (event,) = recorded(database, "order.placed")
    other = happened(placed, "order.packed", notify=False)

    assert run(JOB, event.detail, other) == ["0"]
    assert box.take() == []
    assert database.scalar(text("SELECT status FROM mails")) == "failed"
    unverified.undo()
    forget_settings()

    assert run(JOB, event.detail, tries=2) == []
    assert take_one(box).subject == f"Thank you for your order {placed['orderNumber']}"
    assert database.scalar(text("SELECT status FROM mails")) == "sent"


def test_a_mail_costs_few_statements_however_much_was_bought(
    database: Any, hoodie: str, box: Mailbox, statements: list[str]
) -> None:
    placed = place(database, hoodie)
    (event,) = recorded(database, "order.placed")
    for detail, count in ((event.detail, 5), (happened(placed, "order.packed"), 4), (event.detail, 1)):
        statements.clear()
        run(JOB, detail)
        assert len(statements) == count

    assert len(box.take()) == 2


def test_whatever_happens_to_an_order_has_its_mail() -> None:
    folder = Path(rendering.__file__).parent.parent.parent / "sales" / "mails" / "en"
    written = {path.stem for path in folder.glob("order_*.txt")}

    kinds = [kind.type for kind in OrderChanged.__subclasses__()]
    assert {kind.replace(".", "_") for kind in kinds} == written
    assert len(written) == 9
    assert all(JOB in consumers(kind) for kind in kinds)
