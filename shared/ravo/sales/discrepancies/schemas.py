"""What staff see of money that does not add up."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ravo.platform.schemas import Money, Reply


class DiscrepancyReply(Reply):
    """Where a provider's books and ours differ: what ours say is `expected`, what theirs say is `actual`."""

    id: UUID
    kind: Literal["money_without_order", "order_without_money", "amount_differs", "refund_differs"]
    provider: str
    intent_id: str
    order_id: UUID | None
    expected: Money | None
    actual: Money | None
    created_at: datetime
    updated_at: datetime
