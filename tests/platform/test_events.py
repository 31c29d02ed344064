"""Events from transaction to consumer: recorded with what made them true, published after it, swept up, acted on once."""

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
from sqlalchemy import text

from ravo.platform import aws, bus, inbox, outbox, valkey
from ravo.platform.database import separate_transactions, transaction
from ravo.platform.events import Envelope, Event
from ravo.platform.ids import uuid7
from ravo.platform.jobs import job_handler, schedule_handler, upload_handler
from ravo.platform.time import now
from tests.gateway import context
from tests.jobs import recorded, scheduled, sqs_event


class ThingMoved(Event):
    type: ClassVar[str] = "thing.moved"
    source: ClassVar[str] = "ravo.tests"
    place: str


def moved(version: int = 1, aggregate: UUID | None = None) -> ThingMoved:
    return ThingMoved(aggregate_id=aggregate or uuid7(), version=version, place="shelf")


def unpublished(database: Any) -> int:
    return database.scalar(text("SELECT count(*) FROM outbox_events WHERE published_at IS NULL"))


@pytest.fixture
def queue(database: Any) -> Iterator[str]:
    """A queue that gets everything from the bus."""
    sqs, events = aws.client("sqs"), aws.client("events")
    url = sqs.create_queue(QueueName="everything")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    name = os.environ["EVENT_BUS"]
    events.put_rule(Name="all", EventBusName=name, EventPattern=json.dumps({"source": [{"prefix": "ravo."}]}))
    events.put_targets(Rule="all", EventBusName=name, Targets=[{"Id": "all", "Arn": arn}])
    yield url
    events.remove_targets(Rule="all", EventBusName=name, Ids=["all"])
    events.delete_rule(Name="all", EventBusName=name)
    sqs.delete_queue(QueueUrl=url)


def received(url: str) -> list[Any]:
    messages = aws.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"])["detail"] for message in messages]


@pytest.fixture
def dead_bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """An event bus that nobody answers at, until undone."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    aws.forget_clients()
    yield monkeypatch
    monkeypatch.undo()
    aws.forget_clients()


def test_an_event_leaves_with_the_commit_and_is_marked_as_sent(database: Any, queue: str) -> None:
    event = moved()

    with transaction() as session:
        outbox.record(session, event)
        assert received(queue) == []

    (detail,) = received(queue)
    assert (detail["type"], detail["version"], detail["data"]) == ("thing.moved", 1, {"place": "shelf"})
    assert detail["aggregateId"] == str(event.aggregate_id)
    assert Envelope.model_validate(detail).event(ThingMoved) == event
    assert unpublished(database) == 0
    assert valkey.execute("ZCARD", "outbox:pending") == 0


def test_an_event_of_a_rolled_back_change_was_never_there(database: Any, queue: str) -> None:
    def change() -> None:
        with transaction() as session:
            outbox.record(session, moved())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change()

    assert received(queue) == []
    assert recorded(database) == []


def test_one_version_of_one_thing_makes_one_event_of_a_type(database: Any) -> None:
    from sqlalchemy.exc import IntegrityError

    thing = uuid7()
    with transaction() as session:
        outbox.record(session, moved(1, thing), moved(2, thing))

    with pytest.raises(IntegrityError), transaction() as session:
        outbox.record(session, moved(2, thing))
    assert [event.detail["version"] for event in recorded(database)] == [1, 2]


def test_a_dead_bus_fails_no_request_and_the_sweep_sends_later(
    database: Any, queue: str, dead_bus: pytest.MonkeyPatch
) -> None:
    with transaction() as session:
        outbox.record(session, moved())
    assert unpublished(database) == 1
    scheduled("operations/schedules/sweep_outbox")
    assert unpublished(database) == 1

    dead_bus.undo()
    aws.forget_clients()
    database.execute(text("UPDATE outbox_events SET occurred_at = now() - interval '1 minute'"))
    scheduled("operations/schedules/sweep_outbox")

    assert unpublished(database) == 0
    assert [detail["type"] for detail in received(queue)] == ["thing.moved"]


def test_a_sweep_leaves_what_a_request_is_just_publishing(database: Any, dead_bus: pytest.MonkeyPatch) -> None:
    with transaction() as session:
        outbox.record(session, moved())
    dead_bus.undo()
    aws.forget_clients()

    with separate_transactions() as session:
        assert outbox.sweep(session) == 0
    assert unpublished(database) == 1


def test_a_sweep_stops_at_a_bus_that_refuses(database: Any, dead_bus: pytest.MonkeyPatch) -> None:
    with transaction() as session:
        outbox.record(session, *(moved() for _ in range(3)))
    database.execute(text("UPDATE outbox_events SET occurred_at = now() - interval '1 minute'"))

    with separate_transactions() as session:
        assert outbox.sweep(session) == 0
    assert unpublished(database) == 3


def test_a_sweep_with_nothing_pending_asks_valkey_alone(database: Any, statements: list[str]) -> None:
    scheduled("operations/schedules/sweep_outbox", force=True)
    statements.clear()

    scheduled("operations/schedules/sweep_outbox")

    assert statements == []


def test_a_valkey_that_lost_its_memory_proves_nothing(database: Any, statements: list[str]) -> None:
    scheduled("operations/schedules/sweep_outbox", force=True)
    valkey.execute("FLUSHALL")
    statements.clear()

    scheduled("operations/schedules/sweep_outbox")

    assert statements != []


def test_a_large_batch_goes_in_calls_of_ten_and_of_limited_size(database: Any, queue: str) -> None:
    envelopes = [
        ("ravo.tests", Envelope(id=uuid7(), type="t", version=1, occurred_at=now(), aggregate_id=uuid7(), data={"x": "y" * size}))
        for size in [10] * 12 + [150_000, 150_000]
    ]  # fmt: skip

    assert bus.send(envelopes) == [envelope.id for _, envelope in envelopes]
    assert [len(batch) for batch in bus._batches(envelopes)] == [10, 3, 1]


def test_the_inbox_lets_each_consumer_act_once_and_again_after_a_rollback(database: Any) -> None:
    event = uuid7()

    with transaction() as session:
        assert inbox.first_time(session, consumer="one", event_id=event)
        assert not inbox.first_time(session, consumer="one", event_id=event)
        assert inbox.first_time(session, consumer="two", event_id=event)

    def fail() -> None:
        with transaction() as session:
            assert inbox.first_time(session, consumer="three", event_id=event)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with transaction() as session:
        assert inbox.first_time(session, consumer="three", event_id=event)


def detail_of(event: Event) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "type": event.type,
        "version": event.version,
        "occurredAt": (now() - timedelta(seconds=1)).isoformat(),
        "aggregateId": str(event.aggregate_id),
        "data": event.model_dump(mode="json", by_alias=True),
        "traceId": None,
        "addedLater": "ignored",
    }


def test_a_failed_message_is_reported_alone_and_postponed_longer_each_time(database: Any) -> None:
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName="Jobs", Attributes={"VisibilityTimeout": "1"})["QueueUrl"]
    done: list[int] = []

    def job(envelope: Envelope) -> None:
        if envelope.version == 2:
            raise RuntimeError("can't")
        done.append(envelope.version)

    for version in (1, 2, 3):
        detail = detail_of(moved(version))
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"detail-type": "thing.moved", "detail": detail}))
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])["Messages"]
    batch = sqs_event([{}, {}, {}], queue="Jobs", tries=3)
    for entry, message in zip(batch["Records"], messages, strict=True):
        entry |= {"body": message["Body"], "messageId": message["MessageId"], "receiptHandle": message["ReceiptHandle"]}

    answer = job_handler(job, hears=("thing.happened",), tries=3, first_pause=30)(batch, context("Jobs"))

    assert done == [1, 3]
    assert answer == {"batchItemFailures": [{"itemIdentifier": messages[1]["MessageId"]}]}
    # Moto shows a message again once its time is over: the two good ones after a second, the postponed one after two minutes.
    import time

    time.sleep(1.2)
    seen = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    assert {message["MessageId"] for message in seen} == {messages[0]["MessageId"], messages[2]["MessageId"]}
    sqs.delete_queue(QueueUrl=url)


def test_a_message_that_can_not_be_read_fails_alone(database: Any) -> None:
    batch = sqs_event([detail_of(moved())])
    batch["Records"].append(batch["Records"][0] | {"body": "no JSON", "messageId": "broken"})

    answer = job_handler(lambda envelope: None, hears=("thing.happened",), tries=3)(batch, context("Jobs"))

    assert answer == {"batchItemFailures": [{"itemIdentifier": "broken"}]}


def test_a_pause_that_can_not_be_set_still_reports_the_message(database: Any, dead_bus: Any) -> None:
    def job(envelope: Envelope) -> None:
        raise RuntimeError

    batch = sqs_event([detail_of(moved())])

    answer = job_handler(job, hears=("thing.happened",), tries=3)(batch, context("Jobs"))

    assert len(answer["batchItemFailures"]) == 1


def test_an_upload_comes_with_bucket_and_key(database: Any) -> None:
    seen: list[tuple[str, str]] = []
    batch = sqs_event([{"bucket": {"name": "b"}, "object": {"key": "uploads/a+b%20c.csv"}}])

    upload_handler(lambda bucket, key: seen.append((bucket, key)), hears=("*",), tries=3)(batch, context("Uploads"))

    assert seen == [("b", "uploads/a b c.csv")]


def test_a_schedule_gets_its_input(database: Any) -> None:
    seen: list[Any] = []

    schedule_handler(seen.append)({"force": True}, context("Sweep"))

    assert seen == [{"force": True}]
