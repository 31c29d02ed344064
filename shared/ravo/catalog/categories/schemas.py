"""What goes in and out of categories."""

from datetime import datetime
from uuid import UUID

from ravo.catalog.schemas import Count, Name, Slug, Version, Words
from ravo.platform.schemas import Input, Reply


class CategoryInput(Input):
    name: Name
    slug: Slug | None = None
    parent_id: UUID | None = None
    description: Words = ""
    position: Count = 0


class CategoryChange(Input):
    """What is left out stays as it is; a null `parentId` makes it a root."""

    name: Name | None = None
    slug: Slug | None = None
    parent_id: UUID | None = None
    description: Words | None = None
    position: Count | None = None
    version: Version


class AdminCategory(Reply):
    id: UUID
    parent_id: UUID | None
    slug: str
    path: str
    name: str
    description: str
    position: int
    version: int
    created_at: datetime
    updated_at: datetime


class CategoryNode(Reply):
    """A category with its subcategories; `productCount` counts the products in it and below it."""

    id: UUID
    slug: str
    path: str
    name: str
    description: str
    product_count: int
    children: list["CategoryNode"]
