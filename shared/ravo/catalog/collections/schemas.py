"""What goes in and out of collections."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from ravo.catalog.projections.schemas import ProductSummary
from ravo.catalog.schemas import Name, Slug, Version, Words
from ravo.platform.schemas import Input, Reply


class CollectionInput(Input):
    name: Name
    slug: Slug | None = None
    description: Words = ""
    is_active: bool = True
    product_ids: Annotated[list[UUID], Field(max_length=1000)] = []


class CollectionChange(Input):
    """What is left out stays as it is; `productIds` replaces the whole list, in its order."""

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


class CollectionDetail(Reply):
    """A collection and the requested page of its products."""

    id: UUID
    slug: str
    name: str
    description: str
    products: list[ProductSummary]
