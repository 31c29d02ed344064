"""What providers tell of payments."""

from typing import ClassVar
from uuid import UUID

from ravo.sales.events import SalesEvent


class PaymentReported(SalesEvent):
    """A provider told something; the aggregate is the receipt."""

    type: ClassVar[str] = "payment.reported"


class PaymentDeclined(SalesEvent):
    """A payment was tried and declined; the aggregate is the receipt that told so."""

    type: ClassVar[str] = "payment.declined"
    order_id: UUID
    failure: str
