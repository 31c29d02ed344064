"""What providers report about payments."""

from typing import ClassVar
from uuid import UUID

from ravo.sales.events import SalesEvent


class PaymentReported(SalesEvent):
    """A provider sent a webhook; the aggregate is the receipt."""

    type: ClassVar[str] = "payment.reported"


class PaymentDeclined(SalesEvent):
    """A payment was declined; the aggregate is the receipt of that webhook."""

    type: ClassVar[str] = "payment.declined"
    order_id: UUID
    failure: str
