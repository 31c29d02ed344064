"""Kinds of fields that products and their groups have in common."""

from typing import Annotated

from pydantic import Field, StringConstraints

type Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=160)]
type Name = Annotated[str, StringConstraints(min_length=1, max_length=255)]
type Words = Annotated[str, StringConstraints(max_length=5000)]
type Count = Annotated[int, Field(ge=0, le=2_000_000_000)]
type Version = Annotated[int, Field(ge=1, le=2_000_000_000, description="The version that the change was made on.")]
