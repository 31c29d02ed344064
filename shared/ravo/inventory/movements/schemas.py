"""Movements at the edge."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from ravo.platform.schemas import Input, Reply

MOST_PIECES = 1_000_000


type Reason = Literal["received", "counted", "damaged", "returned", "correction"]


class AdjustmentInput(Input):
    """Either how many units came or went (`delta`), or how many there are (`onHand`).

    Without a location it is for the first one.
    """

    delta: Annotated[int, Field(ge=-MOST_PIECES, le=MOST_PIECES)] | None = None
    on_hand: Annotated[int, Field(ge=0, le=MOST_PIECES)] | None = None
    location_id: UUID | None = None
    reason: Reason
    note: Annotated[str, StringConstraints(max_length=500)] = ""

    @model_validator(mode="after")
    def _one_of_two(self) -> "AdjustmentInput":
        if (self.delta is None) == (self.on_hand is None):
            raise ValueError("send either delta or onHand")
        return self


class MovementReply(Reply):
    id: UUID
    location_id: UUID
    delta: int
    reason: str
    note: str
    actor_id: UUID | None
    reference: str | None
    created_at: datetime
