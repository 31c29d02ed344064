"""What inventory says and hears at the edge."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from ravo.platform.schemas import Input, Reply

MOST_PIECES = 1_000_000

type Pieces = Annotated[int, Field(ge=1, le=10_000)]
type Reason = Literal["received", "counted", "damaged", "returned", "correction"]


class Demand(Input):
    variant_id: UUID
    quantity: Pieces


type Demands = Annotated[list[Demand], Field(min_length=1, max_length=100)]


class CheckInput(Input):
    items: Demands


class Checked(Reply):
    """What of a demand could be had now; never how much more there is."""

    variant_id: UUID
    requested: int
    available: int
    sufficient: bool


class ReservationInput(Input):
    """All of it, or nothing. A session holds one reservation; a new one takes the place of the one before."""

    session_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
    items: Demands


class ReservationReply(Reply):
    id: UUID
    session_id: str
    expires_at: datetime
    items: list[Demand]


class LocationInput(Input):
    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")]
    name: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    priority: Annotated[int, Field(ge=0, le=1000)] = 0
    is_active: bool = True


class LocationChange(Input):
    """What is left out stays."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = None
    priority: Annotated[int, Field(ge=0, le=1000)] | None = None
    is_active: bool | None = None
    version: Annotated[int, Field(ge=1, le=2_000_000_000)]


class LocationReply(Reply):
    id: UUID
    code: str
    name: str
    priority: int
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime


class AdjustmentInput(Input):
    """Either how many pieces came or went (`delta`), or how many there are (`onHand`). Without a location the first one is meant."""

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


class LevelReply(Reply):
    variant_id: UUID
    location_id: UUID
    on_hand: int
    reserved: int
    available: int


class StockReply(Reply):
    """A variant's stock over all locations."""

    variant_id: UUID
    sku: str
    product_name: str
    on_hand: int
    reserved: int
    available: int
    low_stock_alert: int


class LowStockReply(StockReply):
    """A variant that runs low; `alertedSince` is null until staff are told."""

    alerted_since: datetime | None


class MovementReply(Reply):
    id: UUID
    location_id: UUID
    delta: int
    reason: str
    note: str
    actor_id: UUID | None
    reference: str | None
    created_at: datetime
