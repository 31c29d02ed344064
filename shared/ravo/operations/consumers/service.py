"""The consumers of events, read from the bus, whose rules are the only list of them.

A rule has its function's name, and matches besides its event types `replay.<Function>`: events that are replayed only
to that function.
"""

import json
from typing import Any

from ravo.operations.consumers.errors import NotHeard, UnknownConsumer
from ravo.platform import aws
from ravo.platform.errors import Detail, UpstreamUnavailable
from ravo.platform.settings import settings


def replays_to(consumer: str) -> str:
    """Return the detail type that reaches only one consumer."""
    return f"replay.{consumer}"


def require(consumer: str, event_type: str) -> None:
    """Make sure that a consumer exists and receives events of a type. Refuses with `UnknownConsumer` or `NotHeard`."""
    heard = _heard_by(consumer)
    if replays_to(consumer) not in heard:
        raise UnknownConsumer(details=[Detail("consumer", f"{consumer} hears no events")])
    if not any(_fits(each, event_type) for each in heard):
        raise NotHeard(details=[Detail("consumer", f"{consumer} does not hear {event_type}")])


def _heard_by(consumer: str) -> list[Any]:
    events = aws.client("events")
    try:
        rule = events.describe_rule(Name=consumer, EventBusName=settings().event_bus)
    except events.exceptions.ResourceNotFoundException:
        return []
    except aws.failures() as error:
        raise UpstreamUnavailable(retry_after=2) from error
    return json.loads(rule["EventPattern"]).get("detail-type", [])


def _fits(heard: Any, event_type: str) -> bool:
    """Whether one entry of a pattern, a text or a prefix, matches."""
    return heard == event_type if isinstance(heard, str) else event_type.startswith(heard["prefix"])
