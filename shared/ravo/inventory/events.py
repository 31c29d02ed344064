"""What happens to stock."""

from typing import ClassVar
from uuid import UUID

from ravo.platform.events import Event


class StockChanged(Event):
    """What can be sold of variants is another number now.

    The aggregate is what changed it: a movement or a reservation.
    """

    type: ClassVar[str] = "stock.changed"
    source: ClassVar[str] = "ravo.inventory"
    available: dict[UUID, int]


class StockLow(Event):
    """What can be sold of a variant fell to its alert level.

    The aggregate is what made it fall, with the variants in `variantIds`.
    """

    type: ClassVar[str] = "stock.low"
    source: ClassVar[str] = "ravo.inventory"
    variant_ids: list[UUID]
