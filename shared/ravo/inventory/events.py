"""What happens to stock."""

from typing import ClassVar
from uuid import UUID

from ravo.platform.events import Event


class StockChanged(Event):
    """The available units of variants changed.

    The aggregate is what changed them: a movement or a reservation.
    """

    type: ClassVar[str] = "stock.changed"
    source: ClassVar[str] = "ravo.inventory"
    available: dict[UUID, int]


class StockLow(Event):
    """The available units of variants fell to their alert levels.

    The aggregate is what made them fall; `variantIds` names the variants.
    """

    type: ClassVar[str] = "stock.low"
    source: ClassVar[str] = "ravo.inventory"
    variant_ids: list[UUID]
