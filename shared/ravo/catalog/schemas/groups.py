"""What staff see and send of categories, tags and collections."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from ravo.catalog.schemas.fields import Count, Name, Slug, Version, Words
from ravo.platform.schemas import Input, Reply


class CategoryInput(Input):
    name: Name
    slug: Slug | None = None
    parent_id: UUID | None = None
    description: Words = ""
    position: Count = 0


class CategoryChange(Input):
    """What is left out stays; `parentId` as null makes it a root."""

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


class CollectionInput(Input):
    name: Name
    slug: Slug | None = None
    description: Words = ""
    is_active: bool = True
    product_ids: Annotated[list[UUID], Field(max_length=1000)] = []


class CollectionChange(Input):
    """What is left out stays; `productIds` replaces the whole list, in its order."""

    name: Name | None = None
    slug: Slug | None = None
    description: Words | None = None
    is_active: bool | None = None
    product_ids: Annotated[list[UUID], Field(max_length=1000)] | None = None
    version: Version


class AdminCollectionSummary(Reply):
    id: UUID
    slug: str
    name: str
    is_active: bool
    product_count: int
    version: int


class AdminCollection(Reply):
    id: UUID
    slug: str
    name: str
    description: str
    is_active: bool
    product_ids: list[UUID]
    version: int
    created_at: datetime
    updated_at: datetime
