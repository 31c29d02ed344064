"""What all events of sales have in common."""

from typing import ClassVar

from ravo.platform.events import Event


class SalesEvent(Event):
    """Something that happened in selling."""

    source: ClassVar[str] = "ravo.sales"
