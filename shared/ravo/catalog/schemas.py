"""Kinds of fields that several nouns of the catalogue have in common."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from ravo.platform.schemas import Input, MoneyInput, Reply

type Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=160)]
type Name = Annotated[str, StringConstraints(min_length=1, max_length=255)]
type Words = Annotated[str, StringConstraints(max_length=5000)]
type Count = Annotated[int, Field(ge=0, le=2_000_000_000)]
type Version = Annotated[int, Field(ge=1, le=2_000_000_000, description="The version that the change was made on.")]
type Sku = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\s\x00-\x1f]+$")]
type Option = Annotated[str, StringConstraints(min_length=1, max_length=64)]
type Document = Annotated[dict[str, Any], Field(max_length=100)]


class CategoryLink(Reply):
    """A category that a product belongs to."""

    id: UUID
    slug: str
    path: str
    name: str


class Columns(Input):
    """Fields that become columns of the same names."""

    def columns(self, *, without: Sequence[str] = (), only_sent: bool = False) -> dict[str, Any]:
        """Return the columns, prices as amounts. `only_sent` leaves out fields, but nothing inside one."""
        values = self.model_dump(exclude=set(without))
        values |= {name: price.amount for name in values if isinstance(price := getattr(self, name), MoneyInput)}
        return {name: value for name, value in values.items() if not only_sent or name in self.model_fields_set}
