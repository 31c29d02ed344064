"""Events and replays at the edge."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from ravo.platform.schemas import Input, Reply

type Consumer = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]{0,63}$"), Field(examples=["EmbedProduct"])]
type EventType = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,99}$"), Field(examples=["product.updated"])
]


class EventReply(Reply):
    """An event as its consumers get it, and when the bus accepted it."""

    id: UUID
    type: str
    version: int
    occurred_at: datetime
    aggregate_id: UUID
    data: dict[str, Any]
    published_at: datetime | None


class ReplayInput(Input):
    """The name of the function that is to receive the event again."""

    consumer: Consumer


class RangeReplayInput(Input):
    """Events of a type that occurred from a time on (`from`) and before another (`to`), for one consumer."""

    type: EventType
    since: Annotated[AwareDatetime, Field(alias="from")]
    until: Annotated[AwareDatetime, Field(alias="to")]
    consumer: Consumer

    @model_validator(mode="after")
    def _runs_forward(self) -> "RangeReplayInput":
        if self.since >= self.until:
            raise ValueError("from must be before to")
        return self


class ReplayReply(Reply):
    """How many events go to the consumer again."""

    consumer: str
    count: int
