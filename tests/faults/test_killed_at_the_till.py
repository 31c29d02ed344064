"""A process killed at each step between begin, commit and publish: no event lost, none for what was rolled back, and one that is sent twice is the same one."""

import multiprocessing
import os
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from ravo.operations.doctor.service import find_drift
from ravo.platform import aws, bus, outbox, pending_work
from ravo.platform import database as db
from ravo.platform.events import Envelope
from ravo.platform.settings import forget_settings
from tests.conftest import token_for
from tests.databases import copy_of_the_database
from tests.inventory.stock import stock
from tests.jobs import run
from tests.sales.carts import goods, show
from tests.sales.orders import checkout, pay, ready_cart, report
from tests.sales.terms import shipping

KILLED = 9


@pytest.fixture
def shop(migrated: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A database of its own, where what is done is committed."""
    monkeypatch.setenv("DATABASE_URL", copy_of_the_database("killed"))
    forget_settings()
    yield
    db.forget_connection()
    monkeypatch.undo()
    forget_settings()


def _die(*_: Any, **__: Any) -> None:
    os._exit(KILLED)


def _before_the_commit() -> None:
    """All is written, nothing is committed."""
    pending_work.mark_all = _die  # type: ignore[assignment]


def _after_the_commit() -> None:
    """It is committed, and nobody has been told."""
    outbox.publish_recorded = _die  # type: ignore[assignment]


def _after_the_bus_took_it() -> None:
    """The bus has it, and nobody wrote that down."""
    send = bus.send

    def send_and_die(envelopes: Any) -> Any:
        send(envelopes)
        _die()

    bus.send = send_and_die  # type: ignore[assignment]


POINTS = {"commit": _before_the_commit, "publish": _after_the_commit, "mark": _after_the_bus_took_it}


def _order(point: str, cart: Any, key: str) -> None:
    POINTS[point]()
    checkout(cart, key)


def _settle(point: str, detail: dict[str, Any]) -> None:
    POINTS[point]()
    run("sales/jobs/process_payment", detail)


def killed_in(work: Callable[..., None], *arguments: Any) -> None:
    """Run something in a process that does not survive it."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=arguments)
    process.start()
    process.join()
    assert process.exitcode == KILLED


def waiting(kind: str) -> list[str]:
    with db.reading() as session:
        query = "SELECT id::text FROM outbox_events WHERE type = :kind AND published_at IS NULL ORDER BY id"
        return list(session.scalars(text(query), {"kind": kind}))


def count(table: str) -> int:
    with db.reading() as session:
        return session.scalar(text(f"SELECT count(*) FROM {table}")) or 0


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Envelope]:
    """What the bus takes from this process."""
    told: list[Envelope] = []
    send = bus.send

    def listen(envelopes: Any) -> Any:
        told.extend(envelope for _, envelope in envelopes)
        return send(envelopes)

    monkeypatch.setattr(bus, "send", listen)
    return told


def sweep() -> None:
    with db.transaction() as session:
        session.execute(text("UPDATE outbox_events SET occurred_at = occurred_at - interval '1 minute'"))
    with db.separate_transactions() as session:
        outbox.sweep(session)


@pytest.fixture
def cart(shop: None) -> Any:
    """A cart that is ready, of two of three pieces."""
    (wanted,) = goods(token_for("*"), "KILL", ("one",), stock=3)
    with db.transaction() as session:
        rate = shipping(session)
    return ready_cart(None, (wanted, 2), rate=rate)


def test_killed_before_the_commit_nothing_has_happened(cart: Any) -> None:
    killed_in(_order, "commit", cart, "key")

    assert (count("orders"), waiting("order.placed")) == (0, [])
    assert stock(token_for("*")) == {"KILL-one": (3, 0, 3)}
    assert show(cart).data["status"] == "open"
    assert checkout(cart).status == 201
    assert find_drift() == []


@pytest.mark.parametrize("point", ["publish", "mark"])
def test_killed_after_the_commit_the_order_stands_and_its_event_follows(
    cart: Any, heard: list[Envelope], point: str
) -> None:
    killed_in(_order, point, cart, f"key-{point}")

    (event_id,) = waiting("order.placed")
    assert count("orders") == 1
    sweep()
    assert [str(envelope.id) for envelope in heard if envelope.type == "order.placed"] == [event_id]
    assert waiting("order.placed") == []
    placed = checkout(cart)
    assert (placed.status, count("orders")) == (201, 1)
    assert stock(token_for("*")) == {"KILL-one": (3, 2, 1)}
    assert find_drift() == []


@pytest.mark.parametrize("point", ["commit", "publish", "mark"])
def test_killed_while_a_payment_is_settled_it_is_settled_once(cart: Any, heard: list[Envelope], point: str) -> None:
    placed = checkout(cart).data
    pay(placed)
    report(placed)
    (reported,) = [envelope for envelope in heard if envelope.type == "payment.reported"]
    detail = reported.model_dump(mode="json", by_alias=True)

    killed_in(_settle, point, detail)

    assert count("payment_entries") == (0 if point == "commit" else 1)
    # The queue delivers again what nobody acknowledged.
    assert run("sales/jobs/process_payment", detail, tries=2) == []
    sweep()
    paid = {str(envelope.id) for envelope in heard if envelope.type == "order.paid"}
    assert len(paid) == 1
    assert (count("payment_entries"), waiting("order.paid")) == (1, [])
    assert stock(token_for("*")) == {"KILL-one": (1, 0, 1)}
    assert find_drift() == []


def test_with_the_bus_down_the_checkout_works_and_events_follow(
    cart: Any, heard: list[Envelope], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_EVENTBRIDGE", "http://127.0.0.1:9")
    aws.forget_clients()
    placed = checkout(cart)
    monkeypatch.delenv("AWS_ENDPOINT_URL_EVENTBRIDGE")
    aws.forget_clients()

    assert placed.status == 201
    waited = waiting("order.placed")
    heard.clear()
    sweep()
    assert [str(envelope.id) for envelope in heard if envelope.type == "order.placed"] == waited
    assert len(waited) == 1


def test_with_the_cache_down_the_checkout_works(cart: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from ravo.platform import valkey

    monkeypatch.setenv("VALKEY_URL", "redis://127.0.0.1:9")
    forget_settings()
    valkey.forget_connection()
    placed = checkout(cart)
    pay(placed.data)
    reported = report(placed.data)
    monkeypatch.undo()
    forget_settings()
    valkey.forget_connection()

    assert (placed.status, reported.status) == (201, 200)
