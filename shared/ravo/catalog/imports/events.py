"""The event that moves an import on."""

from typing import ClassVar

from ravo.catalog.events import CatalogEvent


class ImportAdvanced(CatalogEvent):
    """A step of an import is done, and the next is due; the version is that next step's number."""

    type: ClassVar[str] = "import.advanced"


class ImportCompleted(CatalogEvent):
    type: ClassVar[str] = "import.completed"
    status: str
