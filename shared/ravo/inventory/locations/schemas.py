"""Locations at the edge."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from ravo.platform.schemas import Input, Reply


class LocationInput(Input):
    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")]
    name: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    priority: Annotated[int, Field(ge=0, le=1000)] = 0
    is_active: bool = True


class LocationChange(Input):
    """What is left out stays as it is."""

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
