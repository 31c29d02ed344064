"""What staff see of discrepancies."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ravo.platform.schemas import Money, Reply


class DiscrepancyReply(Reply):
    """Where a provider's books and ours differ: `expected` is the amount in ours, `actual` the one in theirs."""

    id: UUID
    kind: Literal["money_without_order", "order_without_money", "amount_differs", "refund_differs"]
    provider: str
    intent_id: str
    order_id: UUID | None
    expected: Money | None
    actual: Money | None
    created_at: datetime
    updated_at: datetime
