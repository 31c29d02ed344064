"""Fields that several nouns of sales take."""

from typing import Annotated

from pydantic import Field, StringConstraints

type Note = Annotated[str, StringConstraints(max_length=2000)]
type TermName = Annotated[str, StringConstraints(min_length=1, max_length=64)]
type Version = Annotated[int, Field(ge=1, le=2_000_000_000, description="The version that the change was made on.")]
