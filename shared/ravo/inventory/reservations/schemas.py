"""Reservations at the edge."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from ravo.platform.schemas import Input, Reply

type Pieces = Annotated[int, Field(ge=1, le=10_000)]


class Demand(Input):
    variant_id: UUID
    quantity: Pieces


type Demands = Annotated[list[Demand], Field(min_length=1, max_length=100)]


class CheckInput(Input):
    items: Demands


class Checked(Reply):
    """How many of the units wanted are available now; never how many more there are."""

    variant_id: UUID
    requested: int
    available: int
    sufficient: bool


class ReservationInput(Input):
    """All of it is reserved, or nothing. A session holds one reservation; a new one replaces the one before."""

    session_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
    items: Demands


class ReservationReply(Reply):
    id: UUID
    session_id: str
    expires_at: datetime
    items: list[Demand]
