"""The event that has an export written."""

from typing import ClassVar

from ravo.catalog.events import CatalogEvent


class ExportRequested(CatalogEvent):
    type: ClassVar[str] = "export.requested"
