"""Delivering events as the bus and the queues would: by the templates' rules, to the functions that they name."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.gateway import context, function
from tests.grants import cloud


@dataclass(frozen=True)
class Recorded:
    """An event in the outbox, as its consumers get it."""

    type: str
    detail: dict[str, Any]


def recorded(session: Session, kind: str | None = None) -> list[Recorded]:
    """The outbox, oldest first."""
    rows = session.execute(text("SELECT * FROM outbox_events ORDER BY occurred_at, id")).mappings()
    return [
        Recorded(
            row["type"],
            {
                "id": str(row["id"]),
                "type": row["type"],
                "version": row["version"],
                "occurredAt": row["occurred_at"].isoformat(),
                "aggregateId": str(row["aggregate_id"]),
                "data": row["data"],
            },
        )
        for row in rows
        if kind is None or row["type"] == kind
    ]


def sqs_event(details: Sequence[dict[str, Any]], *, queue: str = "Queue", tries: int = 1) -> dict[str, Any]:
    """A batch of messages, each with an EventBridge event inside."""
    return {
        "Records": [
            {
                "messageId": str(uuid.uuid4()),
                "receiptHandle": "handle",
                "body": json.dumps({"detail-type": detail.get("type", ""), "detail": detail}),
                "attributes": {"ApproximateReceiveCount": str(tries)},
                "messageAttributes": {},
                "md5OfBody": "",
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:eu-central-1:123456789012:{queue}",
                "awsRegion": "eu-central-1",
            }
            for detail in details
        ]
    }


def run(path: str, *details: dict[str, Any], tries: int = 1) -> list[str]:
    """Call a job with a batch; returns the positions, as text, of the messages that it reports as failed."""
    event = sqs_event(details, tries=tries, queue=queue_of(path))
    answer = function(path).handler(event, context(path))
    failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
    return [str(n) for n, record in enumerate(event["Records"]) if record["messageId"] in failed]


def queue_of(path: str) -> str:
    """The queue that a job takes its messages from."""
    (queue,) = [m.queue for m in cloud().mappings if cloud().functions[m.function].module == path]
    return queue


def drain(session: Session) -> list[str]:
    """Deliver every event of the outbox to every function that the templates subscribe to it, until no new one comes; returns their types."""
    delivered: list[str] = []
    while True:
        events = recorded(session)
        if len(events) == len(delivered):
            return delivered
        for event in events[len(delivered) :]:
            delivered.append(event.type)
            for path in consumers(event.type):
                assert run(path, event.detail) == [], f"{path} failed on {event.type}"


def consumers(event_type: str) -> list[str]:
    """The functions that get events of a type, by the templates."""
    found: list[str] = []
    for rule in cloud().rules:
        if not any(_fits(wanted, event_type) for wanted in rule.pattern["detail-type"]):
            continue
        queues = {target["Arn"].rpartition(":")[2] for target in rule.targets}
        found += [cloud().functions[m.function].module for m in cloud().mappings if m.queue in queues]
    return found


def _fits(wanted: str | dict[str, str], event_type: str) -> bool:
    return event_type == wanted if isinstance(wanted, str) else event_type.startswith(wanted["prefix"])


def scheduled(path: str, **event: Any) -> None:
    """Call a schedule's function."""
    function(path).handler(event, context(path))
