"""What goes in and out of tags."""

from uuid import UUID

from ravo.catalog.schemas import Name, Slug, Version
from ravo.platform.schemas import Input, Reply


class TagInput(Input):
    name: Name
    slug: Slug | None = None


class TagChange(Input):
    name: Name | None = None
    slug: Slug | None = None
    version: Version


class AdminTag(Reply):
    id: UUID
    slug: str
    name: str
    product_count: int
    version: int
