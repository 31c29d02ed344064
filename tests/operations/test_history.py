"""What has happened: listed, looked at, and told again to one consumer, which acts on nothing twice."""

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text

from ravo.operations.history import service
from ravo.platform import aws, tokens
from ravo.platform.database import engine
from ravo.platform.ids import uuid7
from ravo.platform.time import now
from tests.conftest import token_for
from tests.gateway import Reply, call, context, function
from tests.inventory.stock import adjust, stock, variants
from tests.jobs import cloud, recorded, run, sqs_event
from tests.mails import mailbox

EVENTS = "/api/v1/operations/admin/events"
INSERT = text(
    "INSERT INTO outbox_events (id, source, type, version, occurred_at, aggregate_id, data, published_at)"
    " VALUES (:id, 'ravo.tests', :type, 1, :at, :aggregate, '{\"n\": 1}', :published)"
)


def listed(**query: Any) -> Reply:
    return call("operations/admin/list_events", "GET", EVENTS, query=query, token=token_for("events:read"))


def replay(event_id: Any, consumer: str, token: str | None = None) -> Reply:
    path, body = f"{EVENTS}/{event_id}/replay", {"consumer": consumer}
    return call("operations/admin/replay_event", "POST", path, body=body, token=token or token_for("events:replay"))


def replay_range(token: str | None = None, **given: Any) -> Reply:
    body = {"from": (now() - timedelta(hours=1)).isoformat(), "to": (now() + timedelta(hours=1)).isoformat()} | given
    path = f"{EVENTS}/replay"
    return call("operations/admin/replay_events", "POST", path, body=body, token=token or token_for("events:replay"))


def happened(database: Any, kind: str, *, minutes_ago: int, published: bool = True, count: int = 1) -> list[str]:
    """Put events into the outbox that all occurred at the same moment; returns their ids, ascending."""
    at = now() - timedelta(minutes=minutes_ago)
    made = [str(uuid7()) for _ in range(count)]
    for each in made:
        values = {"id": each, "type": kind, "at": at, "aggregate": uuid7(), "published": at if published else None}
        database.execute(INSERT, values)
    return sorted(made)


@pytest.fixture
def queues(database: Any) -> Iterator[dict[str, str]]:
    """The shop's rules on the bus of the tests, each with a queue: its address by the name of the consumer."""
    sqs, events, bus = aws.client("sqs"), aws.client("events"), os.environ["EVENT_BUS"]
    rules = [rule for rule in cloud().rules if rule.bus in cloud().buses]
    made: dict[str, str] = {}
    for rule in rules:
        made[rule.name] = sqs.create_queue(QueueName=f"History{rule.name}")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=made[rule.name], AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events.put_rule(Name=rule.name, EventBusName=bus, EventPattern=json.dumps(rule.pattern))
        events.put_targets(Rule=rule.name, EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
    yield made
    for rule in rules:
        events.remove_targets(Rule=rule.name, EventBusName=bus, Ids=["queue"])
        events.delete_rule(Name=rule.name, EventBusName=bus)
        sqs.delete_queue(QueueUrl=made[rule.name])


def received(queues: dict[str, str]) -> dict[str, list[Any]]:
    """What lies in each queue that holds anything, as details of events."""
    found: dict[str, list[Any]] = {}
    for name, url in queues.items():
        while messages := aws.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            found.setdefault(name, []).extend(json.loads(message["Body"])["detail"] for message in messages)
    return found


def test_events_are_listed_the_newest_first_with_all_that_they_say(database: Any) -> None:
    (older,) = happened(database, "a.happened", minutes_ago=2)
    (newer,) = happened(database, "b.happened", minutes_ago=1, published=False)

    reply = listed()

    assert [row["id"] for row in reply.data] == [newer, older]
    assert set(reply.data[0]) == {"id", "type", "version", "occurredAt", "aggregateId", "data", "publishedAt"}
    assert (reply.data[0]["type"], reply.data[0]["version"], reply.data[0]["data"]) == ("b.happened", 1, {"n": 1})
    assert (reply.data[0]["publishedAt"], bool(reply.data[1]["publishedAt"])) == (None, True)
    assert reply.json["pagination"] == {"limit": 20, "hasNext": False, "nextCursor": None}


def test_a_list_is_narrowed_by_type_aggregate_time_and_publication(database: Any) -> None:
    (first,) = happened(database, "a.happened", minutes_ago=30)
    (second,) = happened(database, "a.happened", minutes_ago=20, published=False)
    (third,) = happened(database, "b.happened", minutes_ago=10)
    aggregate = listed(type="b.happened").data[0]["aggregateId"]
    exactly = listed(type="b.happened").data[0]["occurredAt"]

    def ids(**query: Any) -> list[str]:
        return [row["id"] for row in listed(**query).data]

    assert ids(type="a.happened") == [second, first]
    assert ids(aggregateId=aggregate) == [third]
    assert ids(published="false") == [second]
    assert ids(published="true") == [third, first]
    assert ids(**{"from": exactly}) == [third]
    assert ids(to=exactly) == [second, first]
    assert ids(type="a.happened", published="true", to=exactly) == [first]
    assert ids(type="c.happened") == []


def test_a_long_list_is_gone_through_by_cursor_without_a_gap(database: Any, statements: list[str]) -> None:
    # Many of the same moment, as one transaction records them.
    made = happened(database, "a.happened", minutes_ago=2, count=5) + happened(
        database, "a.happened", minutes_ago=1, count=4
    )
    seen: list[str] = []
    pages = 0
    query: dict[str, Any] = {"limit": 3}
    while True:
        statements.clear()
        reply = listed(**query)
        assert len(statements) == (2 if "cursor" in query else 1)
        seen += [row["id"] for row in reply.data]
        pages += 1
        if not reply.json["pagination"]["hasNext"]:
            break
        query["cursor"] = reply.json["pagination"]["nextCursor"]

    assert (pages, seen) == (3, made[:4:-1] + made[4::-1])


@pytest.mark.parametrize(
    "query",
    [{"cursor": str(uuid7())}, {"cursor": "x"}, {"limit": 0}, {"limit": 101}, {"from": "2026-11-25T00:00:00"}, {"type": "%"}],
)  # fmt: skip
def test_a_list_that_makes_no_sense_is_refused(database: Any, query: dict[str, Any]) -> None:
    assert listed(**query).status == 422


def test_one_event_can_be_looked_at(database: Any) -> None:
    (made,) = happened(database, "a.happened", minutes_ago=1)

    def get(event_id: Any) -> Reply:
        return call("operations/admin/get_event", "GET", f"{EVENTS}/{event_id}", token=token_for("events:read"))

    assert (get(made).status, get(made).data["id"]) == (200, made)
    assert (get(uuid7()).status, get(uuid7()).error["message"]) == (404, "There is no such event.")


def test_an_event_goes_again_to_one_consumer_alone_as_it_was(
    database: Any, queues: dict[str, str], staff_token: str
) -> None:
    (small, _) = variants(staff_token)
    adjust(staff_token, small, delta=9)
    (told,) = recorded(database, "stock.changed")
    before = received(queues)
    assert {"ShowStock", "AlertLowStock"} <= set(before)

    reply = replay(told.detail["id"], "ShowStock")

    assert (reply.status, reply.data) == (202, {"consumer": "ShowStock", "count": 1})
    assert reply.headers["location"] == f"{EVENTS}/{told.detail['id']}"
    again = received(queues)
    assert set(again) == {"ShowStock"}
    assert again["ShowStock"] == [detail for detail in before["ShowStock"] if detail["id"] == told.detail["id"]]


def test_a_replay_of_what_was_acted_on_changes_nothing(database: Any, queues: dict[str, str], staff_token: str) -> None:
    (small, _) = variants(staff_token)
    adjust(staff_token, small, delta=9)
    adjust(staff_token, small, delta=-5)
    (low,) = recorded(database, "stock.low")
    received(queues)
    box = mailbox()
    assert run("inventory/jobs/alert_low_stock", low.detail) == []
    count = text(
        "SELECT (SELECT count(*) FROM outbox_events), (SELECT count(*) FROM stock_alerts), (SELECT count(*) FROM mails)"
    )
    state = database.execute(count).one()

    assert [replay(low.detail["id"], "AlertLowStock").status for _ in range(2)] == [202, 202]
    details = received(queues)["AlertLowStock"]
    assert [detail["id"] for detail in details] == [low.detail["id"]] * 2
    handler = function("inventory/jobs/alert_low_stock").handler
    assert handler(sqs_event(details), context("AlertLowStock")) == {"batchItemFailures": []}

    assert len(box.take()) == 1
    assert database.execute(count).one() == state
    assert stock(staff_token)["TEE-S"] == (4, 0, 4)


@pytest.mark.parametrize(
    ("consumer", "message"),
    [
        ("NoSuchJob", "There is no such consumer of events."),
        # It has a queue, but what it hears is not an event of the shop's.
        ("ReceiveUpload", "There is no such consumer of events."),
        ("ListProducts", "There is no such consumer of events."),
        ("EmbedProduct", "This consumer does not hear events of that type."),
    ],
)
def test_a_consumer_that_does_not_exist_or_does_not_hear_is_named(
    database: Any, queues: dict[str, str], consumer: str, message: str
) -> None:
    (made,) = happened(database, "stock.changed", minutes_ago=1)

    for refused in (replay(made, consumer), replay_range(type="stock.changed", consumer=consumer)):
        assert (refused.status, refused.error["message"]) == (422, message)
        assert refused.error["details"][0]["field"] == "consumer"
    assert received(queues) == {}


def test_a_rule_that_hears_no_replays_is_no_consumer(database: Any, queues: dict[str, str]) -> None:
    pattern = json.dumps({"source": ["ravo.catalog"]})
    aws.client("events").put_rule(Name="Mirror", EventBusName=os.environ["EVENT_BUS"], EventPattern=pattern)
    (made,) = happened(database, "stock.changed", minutes_ago=1)

    assert replay(made, "Mirror").status == 422
    aws.client("events").delete_rule(Name="Mirror", EventBusName=os.environ["EVENT_BUS"])


def test_an_event_that_is_not_there_can_not_be_replayed(database: Any, queues: dict[str, str]) -> None:
    assert replay(uuid7(), "ShowStock").status == 404


def test_a_range_goes_in_batches_the_oldest_first_and_again_all_the_same(
    database: Any, queues: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "BATCH", 3)
    outside = happened(database, "product.updated", minutes_ago=90)
    first = happened(database, "product.updated", minutes_ago=30, count=5)
    second = happened(database, "product.updated", minutes_ago=20, count=2)
    happened(database, "product.created", minutes_ago=20)

    replies = [replay_range(type="product.updated", consumer="DropProductCache") for _ in range(2)]

    assert [(reply.status, reply.data["count"]) for reply in replies] == [(202, 7), (202, 7)]
    again = received(queues)
    assert set(again) == {"DropProductCache"}
    ids = [detail["id"] for detail in again["DropProductCache"]]
    assert sorted(ids) == sorted([*first, *second] * 2)
    assert not set(outside) & set(ids)


def test_a_range_that_holds_too_much_is_refused_before_anything_is_sent(
    database: Any, queues: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST", 3)
    happened(database, "product.updated", minutes_ago=30, count=4)

    refused = replay_range(type="product.updated", consumer="EmbedProduct")

    assert (refused.status, refused.error["message"]) == (422, "The range holds more than 3 events; narrow it.")
    assert received(queues) == {}


@pytest.mark.parametrize(
    "given",
    [
        {"from": "2026-11-25T00:00:00Z", "to": "2026-11-25T00:00:00Z"},
        {"from": "2026-11-25T00:00:00", "to": "2026-11-26T00:00:00Z"},
        {"type": "Product Updated"},
        {"consumer": "embed product"},
        {"more": 1},
    ],
)
def test_a_range_that_makes_no_sense_is_refused(database: Any, given: dict[str, Any]) -> None:
    assert replay_range(**({"type": "product.updated", "consumer": "EmbedProduct"} | given)).status == 422


def test_a_bus_that_fails_is_said_and_the_same_replay_can_be_asked_for_again(
    database: Any, queues: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    happened(database, "product.updated", minutes_ago=30)
    monkeypatch.setattr("ravo.platform.bus.send", lambda *_, **__: [])
    failed = replay_range(type="product.updated", consumer="EmbedProduct")
    monkeypatch.undo()

    assert (failed.status, failed.headers["retry-after"]) == (503, "2")
    assert replay_range(type="product.updated", consumer="EmbedProduct").data["count"] == 1


def test_a_bus_that_can_not_be_asked_is_said(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (made,) = happened(database, "product.updated", minutes_ago=30)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    aws.forget_clients()
    reply = replay(made, "EmbedProduct")
    monkeypatch.undo()
    aws.forget_clients()

    assert (reply.status, reply.error["code"]) == (503, "UPSTREAM_UNAVAILABLE")


def test_who_may_see_may_not_replay_and_the_other_way_round(database: Any, queues: dict[str, str]) -> None:
    (made,) = happened(database, "product.updated", minutes_ago=30)
    reader, replayer = token_for("events:read"), token_for("events:replay")

    assert replay(made, "EmbedProduct", token=reader).status == 403
    assert replay_range(token=reader, type="product.updated", consumer="EmbedProduct").status == 403
    assert call("operations/admin/list_events", "GET", EVENTS, token=replayer).status == 403
    assert call("operations/admin/get_event", "GET", f"{EVENTS}/{made}", token=replayer).status == 403
    assert received(queues) == {}


def test_lists_and_ranges_are_read_by_an_index(database: Any) -> None:
    rows = text(
        "INSERT INTO outbox_events (id, source, type, version, occurred_at, aggregate_id, data, published_at)"
        " SELECT uuidv7(), 'ravo.tests', 'type' || n % 20, 1, now() - make_interval(secs => n), gen_random_uuid(), '{}',"
        " CASE WHEN n > 50 THEN now() END FROM generate_series(1, 20000) n"
    )
    database.execute(rows)
    database.execute(text("ANALYZE outbox_events"))
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        sent.append((statement, values))

    aggregate = str(database.scalar(text("SELECT aggregate_id FROM outbox_events LIMIT 1")))
    middle = str(database.scalar(text("SELECT id FROM outbox_events ORDER BY occurred_at LIMIT 1 OFFSET 10000")))
    sqlalchemy_event.listen(engine(), "before_cursor_execute", note)
    day_ago = (now() - timedelta(hours=3)).isoformat()
    narrow: list[dict[str, Any]] = [
        {}, {"type": "type7"}, {"aggregateId": aggregate}, {"published": "false"}, {"published": "true"},
        {"from": day_ago}, {"to": day_ago}, {"cursor": middle}, {"cursor": middle, "type": "type7"},
    ]  # fmt: skip
    for query in narrow:
        assert listed(**query).status == 200
    list(service._batches(service.Filters(type="type7", since=now() - timedelta(hours=1), until=now())))
    sqlalchemy_event.remove(engine(), "before_cursor_execute", note)

    read = [(statement, values) for statement, values in sent if statement.startswith("SELECT outbox_events")]
    assert len(read) >= len(narrow)
    for statement, values in read:
        plan = database.connection().exec_driver_sql(f"EXPLAIN {statement}", values).scalars().all()
        assert not any("Seq Scan" in line for line in plan), (statement, plan)


def test_replays_are_on_record(database: Any, queues: dict[str, str]) -> None:
    user = uuid7()
    token = tokens.sign(user, session_id=uuid7(), roles=["staff"], permissions=["events:replay"])
    (event,) = happened(database, "product.updated", minutes_ago=5)

    assert replay(event, "EmbedProduct", token).status == 202
    assert replay_range(token, type="product.updated", consumer="EmbedProduct").status == 202
    assert replay(event, "Nobody", token).status == 422

    one, many = database.execute(text("SELECT * FROM audit_log ORDER BY id")).mappings()
    assert (one["actor_id"], one["action"], one["change"]) == (user, "ReplayEvent", "act")
    assert (one["entity"], one["entity_id"]) == ("outbox_events", event)
    assert one["after"] == {"consumer": "EmbedProduct", "type": "product.updated"}
    assert (many["action"], many["entity_id"]) == ("ReplayEvents", "product.updated")
    assert set(many["after"]) == {"type", "from", "to", "consumer"}
