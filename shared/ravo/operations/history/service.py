"""Replays: the same envelopes once more, to one consumer. Events that it has acted on already change nothing."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from ravo.identity.audit import service as audit
from ravo.operations.consumers import service as consumers
from ravo.operations.history import queries
from ravo.operations.history.errors import EventNotFound, TooManyEvents
from ravo.operations.history.queries import Filters
from ravo.operations.history.schemas import RangeReplayInput, ReplayReply
from ravo.platform import bus
from ravo.platform.database import reading, transaction
from ravo.platform.errors import UpstreamUnavailable
from ravo.platform.events import Envelope
from ravo.platform.models import OutboxEvent
from ravo.platform.observability import count, logger
from ravo.platform.time import now

BATCH = 200
# As many as can be put on the bus well within the half minute that a request has.
MOST = 2_000


def replay_one(event_id: UUID, *, consumer: str) -> ReplayReply:
    """Send an event to one consumer again. Refuses with `EventNotFound`, `UnknownConsumer` or `NotHeard`."""
    with reading() as session:
        found = queries.event_by_id(session, event_id)
    if found is None:
        raise EventNotFound
    consumers.require(consumer, found.type)
    _put_on_record(str(event_id), {"consumer": consumer, "type": found.type})
    return _told(consumer, _send([found], consumer))


def replay_range(wanted: RangeReplayInput) -> ReplayReply:
    """Send all events of a type in a range to one consumer again, the oldest first.

    Refuses with `UnknownConsumer`, `NotHeard` or `TooManyEvents`, and then nothing was sent. If the bus fails in
    between it refuses with `UpstreamUnavailable`; repeating the replay does no harm.
    """
    consumers.require(wanted.consumer, wanted.type)
    # Events from now on are no replay.
    filters = Filters(type=wanted.type, since=wanted.since, until=min(wanted.until, now()))
    with reading() as session:
        if queries.count_up_to(session, filters, MOST + 1) > MOST:
            raise TooManyEvents(f"The range holds more than {MOST} events; narrow it.")
    _put_on_record(wanted.type, wanted.model_dump(mode="json", by_alias=True))
    return _told(wanted.consumer, sum(_send(batch, wanted.consumer) for batch in _batches(filters)))


def _put_on_record(entity_id: str, details: Mapping[str, str]) -> None:
    """Record who replays what before it is done: the bus may accept a part and then fail, and that part counts too."""
    with transaction() as session:
        audit.note(session, entity="outbox_events", entity_id=entity_id[:80], details=details)


def _batches(filters: Filters) -> Iterator[Sequence[OutboxEvent]]:
    last: OutboxEvent | None = None
    while True:
        with reading() as session:
            batch = queries.oldest_events(session, filters, after=last, limit=BATCH)
        if not batch:
            return
        yield batch
        last = batch[-1]


def _send(events: Sequence[OutboxEvent], consumer: str) -> int:
    envelopes = [(event.source, Envelope.model_validate(event, from_attributes=True)) for event in events]
    if len(bus.send(envelopes, detail_type=consumers.replays_to(consumer))) < len(envelopes):
        raise UpstreamUnavailable("The event bus did not take all events; replay them again.", retry_after=2)
    return len(envelopes)


def _told(consumer: str, sent: int) -> ReplayReply:
    logger().info("events replayed", consumer=consumer, events=sent)
    count("EventsReplayed", sent, consumer=consumer)
    return ReplayReply(consumer=consumer, count=sent)
