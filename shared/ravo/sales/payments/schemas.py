"""What staff see of payments and refunds."""

from datetime import datetime
from uuid import UUID

from ravo.platform.schemas import Money, Reply


class PaymentReply(Reply):
    id: UUID
    provider: str
    intent_id: str
    status: str
    amount: Money
    failure: str | None
    created_at: datetime


class RefundReply(Reply):
    id: UUID
    payment_id: UUID
    amount: Money
    reason: str
    status: str
    failure: str | None
    actor_id: UUID | None
    created_at: datetime
