"""What happens in the catalogue. An event's version is that of its aggregate after the change."""

from typing import ClassVar
from uuid import UUID

from ravo.platform.events import Event


class CatalogEvent(Event):
    """Something that happened in the catalogue."""

    source: ClassVar[str] = "ravo.catalog"


class ProductCreated(CatalogEvent):
    type: ClassVar[str] = "product.created"
    sku: str


class ProductUpdated(CatalogEvent):
    """A product, or a variant of it, was changed."""

    type: ClassVar[str] = "product.updated"
    sku: str


class ProductPublished(CatalogEvent):
    type: ClassVar[str] = "product.published"
    sku: str


class ProductUnpublished(CatalogEvent):
    type: ClassVar[str] = "product.unpublished"
    sku: str


class ProductDeleted(CatalogEvent):
    type: ClassVar[str] = "product.deleted"
    sku: str


class ProductsImported(CatalogEvent):
    """A chunk of an import is done: one event for all its products.

    The aggregate is the import, the version is the chunk's number.
    """

    type: ClassVar[str] = "products.imported"
    product_ids: list[UUID]
    # The units that the file counted, of variants for which the shop had another number.
    stock: dict[UUID, int] = {}


class StockStatusChanged(CatalogEvent):
    """Products came into stock or went out of it. The aggregate is the event that reported it."""

    type: ClassVar[str] = "product.stock_status_changed"
    product_ids: list[UUID]


class CategoryChanged(CatalogEvent):
    type: ClassVar[str] = "category.changed"
    path: str


class CategoryDeleted(CatalogEvent):
    type: ClassVar[str] = "category.deleted"
    path: str


class TagChanged(CatalogEvent):
    """A tag was renamed or deleted."""

    type: ClassVar[str] = "tag.changed"
    slug: str


class CollectionChanged(CatalogEvent):
    type: ClassVar[str] = "collection.changed"
    slug: str


class CollectionDeleted(CatalogEvent):
    type: ClassVar[str] = "collection.deleted"
    slug: str
