"""Domain events: frozen facts in the past tense, and the envelope they travel in."""

import builtins
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Event(BaseModel):
    """Something that happened to one aggregate. `type` is its name on the bus; up to its dot it names the aggregate."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)

    type: ClassVar[str]
    source: ClassVar[str]

    aggregate_id: UUID = Field(exclude=True)
    version: int = Field(exclude=True)


class Envelope(BaseModel):
    """How an event looks to its consumers; the same id means the same event, however often it arrives."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    id: UUID
    type: str
    version: int
    occurred_at: datetime
    aggregate_id: UUID
    data: dict[str, Any]
    trace_id: str | None = None

    def event[E: Event](self, kind: builtins.type[E]) -> E:
        """Return the event inside, as the model that its type promises."""
        return kind.model_validate(self.data | {"aggregateId": self.aggregate_id, "version": self.version})
