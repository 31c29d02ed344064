"""Event source mappings: what succeeds is deleted, what fails comes again and then lies with the dead."""

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local import resources
from local.cloud import Cloud, Mapping, Queue
from local.invocations import Outcome
from local.objects import Objects
from local.pollers import Poller
from local.resources import Aws, queue_url

type Answer = Callable[[list[str]], Outcome]


class Work:
    """A queue with its dead letters, and a function that answers as a test says."""

    def __init__(self, aws: Aws, name: str, *, at_once: int = 2, partial: bool = True) -> None:
        self.aws, self.name = aws, name
        queues = [Queue(f"{name}-dead", 30, None, None), Queue(name, 1, f"{name}-dead", 2)]
        resources.make(aws, Cloud(queues=queues), Objects(Path("no objects")))
        self.mapping = Mapping(name, "Job", 10, at_once, partial)
        self.seen: Counter[str] = Counter()

    def send(self, *bodies: str) -> None:
        entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
        self.aws.client("sqs").send_message_batch(QueueUrl=queue_url(self.aws, self.name), Entries=entries)

    def dead(self) -> list[str]:
        answer = self.aws.client("sqs").receive_message(
            QueueUrl=queue_url(self.aws, f"{self.name}-dead"), MaxNumberOfMessages=10
        )
        return [message["Body"] for message in answer.get("Messages", [])]

    def left(self) -> int:
        answer = self.aws.client("sqs").get_queue_attributes(
            QueueUrl=queue_url(self.aws, self.name), AttributeNames=["All"]
        )
        shown = answer["Attributes"]
        return int(shown["ApproximateNumberOfMessages"]) + int(shown["ApproximateNumberOfMessagesNotVisible"])

    def poll(self, invoke: Any, until: Callable[[], bool]) -> None:
        async def main() -> None:
            poller = Poller(self.aws, self.mapping, invoke, asyncio.get_running_loop())
            poller.start()
            deadline = time.monotonic() + 60
            while not await asyncio.to_thread(until):
                assert time.monotonic() < deadline, "it did not come to that"
                await asyncio.sleep(0.05)
            poller.stop()

        asyncio.run(main())


@pytest.fixture
def sqs(services: dict[str, Any]) -> Aws:
    return Aws(services["moto"].url)


def test_of_a_batch_only_the_messages_that_failed_come_again_and_then_lie_with_the_dead(sqs: Aws) -> None:
    work = Work(sqs, "partial")
    work.send("good", "bad", "fine")
    events: list[dict[str, Any]] = []

    async def invoke(function: str, event: dict[str, Any]) -> Outcome:
        assert function == "Job"
        events.append(event)
        work.seen.update(record["body"] for record in event["Records"])
        failed = [record["messageId"] for record in event["Records"] if record["body"] == "bad"]
        return Outcome({"batchItemFailures": [{"itemIdentifier": one} for one in failed]})

    dead: list[str] = []
    work.poll(invoke, lambda: bool(dead.extend(work.dead()) or dead))
    assert work.seen == {"good": 1, "fine": 1, "bad": 2}
    assert dead == ["bad"]
    assert work.left() == 0
    record = events[0]["Records"][0]
    assert record["eventSourceARN"] == "arn:aws:sqs:eu-central-1:123456789012:partial"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"


def test_of_a_batch_whose_function_fails_all_messages_come_again(sqs: Aws) -> None:
    work = Work(sqs, "whole")
    work.send("a", "b")

    async def invoke(_function: str, event: dict[str, Any]) -> Outcome:
        first = not work.seen
        work.seen.update(record["body"] for record in event["Records"])
        return Outcome(error="KeyError") if first else Outcome({"batchItemFailures": []})

    work.poll(invoke, lambda: work.left() == 0)
    assert work.seen == {"a": 2, "b": 2}
    assert work.dead() == []


def test_without_partial_answers_whatever_is_returned_is_success(sqs: Aws) -> None:
    work = Work(sqs, "plain", partial=False)
    work.send("a")

    async def invoke(_function: str, event: dict[str, Any]) -> Outcome:
        work.seen.update(record["body"] for record in event["Records"])
        return Outcome({"batchItemFailures": [{"itemIdentifier": event["Records"][0]["messageId"]}]})

    work.poll(invoke, lambda: work.left() == 0)
    assert work.seen == {"a": 1}


def test_no_more_batches_are_under_way_than_the_mapping_allows(sqs: Aws) -> None:
    work = Work(sqs, "busy", at_once=2)
    work.mapping = Mapping("busy", "Job", 1, 2, True)
    work.send(*(str(number) for number in range(6)))
    running: list[int] = []
    most = [0]
    lock = threading.Lock()

    async def invoke(_function: str, event: dict[str, Any]) -> Outcome:
        assert len(event["Records"]) == 1
        with lock:
            running.append(1)
            most[0] = max(most[0], len(running))
        await asyncio.sleep(0.1)
        with lock:
            running.pop()
        work.seen.update(record["body"] for record in event["Records"])
        return Outcome({"batchItemFailures": []})

    work.poll(invoke, lambda: work.left() == 0)
    assert sum(work.seen.values()) == 6
    assert most == [2]


def test_what_a_poller_hands_over_is_json(sqs: Aws) -> None:
    work = Work(sqs, "json")
    work.send('{"a": "ä"}')
    events: list[dict[str, Any]] = []

    async def invoke(_function: str, event: dict[str, Any]) -> Outcome:
        events.append(json.loads(json.dumps(event)))
        return Outcome(None)

    work.poll(invoke, lambda: work.left() == 0)
    assert json.loads(events[0]["Records"][0]["body"]) == {"a": "ä"}
