"""The event bus: EventBridge, ten entries a call."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from ravo.platform.aws.calls import EVENTS, CallFailed, call
from ravo.platform.events import Envelope
from ravo.platform.observability import logger
from ravo.platform.settings import settings

# EventBridge's limits for one PutEvents call; bytes leave room for the entries' other fields.
ENTRIES_PER_CALL = 10
BYTES_PER_CALL = 200_000


def send(envelopes: Sequence[tuple[str, Envelope]], *, detail_type: str | None = None) -> list[UUID]:
    """Put (source, envelope) pairs on the bus; returns the ids that it took. Never raises for a bus that is down.

    Rules choose by the detail type, which is the event's own unless another is given.
    """
    sent: list[UUID] = []
    for batch in _batches(envelopes):
        try:
            answer = call(EVENTS, "PutEvents", {"Entries": [_entry(*each, detail_type) for each in batch]})
        except CallFailed as failure:
            logger().warning("the event bus does not answer", error=failure.code)
            return sent
        for (_, envelope, _), entry in zip(batch, answer["Entries"], strict=True):
            if "EventId" in entry:
                sent.append(envelope.id)
            else:
                logger().error(
                    "the event bus refused an event", eventId=str(envelope.id), reason=entry.get("ErrorCode")
                )
    return sent


def _entry(source: str, envelope: Envelope, detail: str, detail_type: str | None) -> dict[str, str | None]:
    return {
        "EventBusName": settings().event_bus,
        "Source": source,
        "DetailType": detail_type or envelope.type,
        "Detail": detail,
    }


def _batches(envelopes: Sequence[tuple[str, Envelope]]) -> Iterator[list[tuple[str, Envelope, str]]]:
    batch: list[tuple[str, Envelope, str]] = []
    size = 0
    for source, envelope in envelopes:
        detail = envelope.model_dump_json(by_alias=True)
        if batch and (len(batch) == ENTRIES_PER_CALL or size + len(detail) > BYTES_PER_CALL):
            yield batch
            batch, size = [], 0
        batch.append((source, envelope, detail))
        size += len(detail)
    if batch:
        yield batch
