"""Stock at the edge."""

from datetime import datetime
from uuid import UUID

from ravo.platform.schemas import Reply


class LevelReply(Reply):
    variant_id: UUID
    location_id: UUID
    on_hand: int
    reserved: int
    available: int


class StockReply(Reply):
    """A variant's stock over all locations."""

    variant_id: UUID
    sku: str
    product_name: str
    on_hand: int
    reserved: int
    available: int
    low_stock_alert: int


class LowStockReply(StockReply):
    """A variant that is low; `alertedSince` is null until there is an alert."""

    alerted_since: datetime | None
