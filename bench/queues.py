"""The queues of the whole system: jobs per minute, and the time until an order is mailed and its payment settled."""

import json
import random
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bench import goods
from bench.journey import Step
from bench.report import Times, beside, number, table
from bench.served import Served, served, throwaway_folder
from bench.shopper import ORDERED, shop
from bench.till import PIECES, Till, open_till
from local.cloud import Mapping
from local.demo.client import Shop
from local.demo.shopper import pay
from local.resources import Aws, queue_url
from local.templates import Cloud, read_cloud

ROOT = Path(__file__).parent.parent
PRODUCTS = 100
KIND, SOURCE = "stock.changed", "ravo.inventory"
EVENTS, EVENTS_A_CALL = 200, 10
ORDERS = 5
DONE_WITHIN_SECONDS, SEEN_TO_WITHIN_SECONDS = 60.0, 20.0
JOBS_A_MINUTE, MAIL_SECONDS = 1_000.0, 5.0
MAILER = "MailOrder"


def run() -> None:
    """Start a system with a small shop, send it events of changed stock, then order."""
    cloud = read_cloud(ROOT)
    with throwaway_folder() as folder, served(folder / "state") as running, _connected(running) as session:
        for _ in goods.fill(session, start=1, end=PRODUCTS):
            pass
        till = open_till(session)
        _work(running, cloud, till)
        _order(running, cloud, till, session)


@contextmanager
def _connected(running: Served) -> Generator[Any]:
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session

    engine = create_engine(running.environment["DATABASE_URL"])
    with Session(engine) as session:
        yield session
    engine.dispose()


def _work(running: Served, cloud: Cloud, till: Till) -> None:
    """Put events on the bus, and wait until each queue that receives them is empty."""
    aws = Aws(running.environment["AWS_ENDPOINT_URL"])
    hearing = listening(cloud, KIND)
    began = time.monotonic()
    for first in range(0, EVENTS, EVENTS_A_CALL):
        entries = [_entry(running, till, number) for number in range(first, first + EVENTS_A_CALL)]
        aws.client("events").put_events(Entries=entries)
    put = time.monotonic() - began

    def left() -> int:
        return sum(_left(aws, mapping) for mapping in hearing)

    _wait(lambda: not left(), DONE_WITHIN_SECONDS - put)
    took = time.monotonic() - began
    done = EVENTS * len(hearing) - left()
    table(
        f"Jobs through the local queues: {EVENTS} times {KIND}, which {' and '.join(m.function for m in hearing)} hear",
        ["", "jobs", "seconds", "a minute", "target", ""],
        [["", str(done), number(took), *beside(done / took * 60, JOBS_A_MINUTE, more_is_better=True)]],
        f"From the first event put on the bus to the last message gone from its queue; putting them took {number(put)} s of it.",
    )


def listening(cloud: Cloud, kind: str) -> list[Mapping]:
    """Return the queues that receive an event of this kind, with the functions that work on them."""
    rules = [rule for rule in cloud.rules if kind in rule.pattern.get("detail-type", [])]
    arns = [str(target["Arn"]) for rule in rules for target in rule.targets]
    return [m for m in cloud.mappings if any(arn.endswith(f":{m.queue}") for arn in arns)]


def _entry(running: Served, till: Till, place: int) -> dict[str, Any]:
    from ravo.platform.events import Envelope
    from ravo.platform.ids import uuid7
    from ravo.platform.time import now

    available = {till.of_one[place % len(till.of_one)]: PIECES - place}
    envelope = Envelope(
        id=uuid7(), type=KIND, version=1, occurred_at=now(), aggregate_id=uuid7(), data={"available": available}
    )
    return {
        "EventBusName": running.environment["EVENT_BUS"],
        "Source": SOURCE,
        "DetailType": KIND,
        "Detail": envelope.model_dump_json(by_alias=True),
    }


def _left(aws: Aws, mapping: Mapping) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = aws.client("sqs").get_queue_attributes(QueueUrl=queue_url(aws, mapping.queue), AttributeNames=names)
    return sum(int(count) for count in answer["Attributes"].values())


def _order(running: Served, cloud: Cloud, till: Till, session: Any) -> None:
    """Order and pay, one order after the other; the time to a mail counts from the request for the order."""
    mailed: list[float] = []
    settled: list[float] = []
    for turn in range(ORDERS):
        email = f"shopper-{turn}@bench.example"
        asked, placed = _placed(running, till, email)
        if MAILER in cloud.functions:
            mailed.append(_wait(partial(_has_mail, running, email), SEEN_TO_WITHIN_SECONDS) - asked)
        paid = time.monotonic()
        pay(running.environment["STRIPE_API_BASE"], placed["payment"]["clientSecret"])
        settled.append(_wait(partial(_is_paid, session, placed["orderId"]), SEEN_TO_WITHIN_SECONDS) - paid)
    rows = [_row("order asked for, until its mail is sent", mailed, MAIL_SECONDS)] if mailed else []
    table(
        f"{ORDERS} orders, one after the other, in a system that is otherwise at rest",
        ["", "p50", "longest", "target", ""],
        [*rows, _row("card paid, until the order is confirmed", settled, None)],
        f"Whatever takes {SEEN_TO_WITHIN_SECONDS:.0f} s was not waited for any longer.",
        *([] if mailed else [f"No mail: there is no function {MAILER}."]),
    )


def _row(name: str, seconds: list[float], target: float | None) -> list[str]:
    return [name, f"{number(Times.of(seconds).p50 / 1000)} s", *beside(max(seconds), target, unit=" s")]


def _placed(running: Served, till: Till, email: str) -> tuple[float, Any]:
    """Order through the gateway; returns the time of the request, and the answer."""
    asked, said = 0.0, None

    def ask(step: Step) -> Any:
        nonlocal asked, said
        asked = time.monotonic()
        said = through_gateway(running, step)
        return said

    shop(till, random.Random(email), ask, email=email, until=ORDERED)
    return asked, said


def through_gateway(running: Served, step: Step) -> Any:
    """Send a request over HTTP, and return the data of its answer."""
    method = step.event["requestContext"]["http"]["method"]
    headers = {
        name: value for name, value in step.event["headers"].items() if name in ("content-type", "idempotency-key")
    }
    body = step.event.get("body", "").encode() or None
    answer = Shop(running.url).send(method, running.url + step.event["rawPath"], body, headers)
    if answer.status not in (200, 201):
        raise RuntimeError(f"{step.name} answered {answer.status}: {answer.body[:300]!r}")
    return answer.document["data"]


def _has_mail(running: Served, email: str) -> bool:
    sent = Shop(running.url).send("GET", f"{running.url}/_local/mail.json")
    return any(email in mail["to"] for mail in json.loads(sent.body))


def _is_paid(session: Any, order_id: str) -> bool:
    from sqlalchemy import text

    # Each poll is a transaction of its own.
    session.rollback()
    return bool(session.scalar(text("SELECT paid_at IS NOT NULL FROM orders WHERE id = :id"), {"id": order_id}))


def _wait(done: Callable[[], bool], within: float) -> float:
    """Poll until it is done, or for a number of seconds at most; returns when that was."""
    deadline = time.monotonic() + within
    while not done() and time.monotonic() < deadline:
        time.sleep(0.05)
    return time.monotonic()
