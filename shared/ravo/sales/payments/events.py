"""Events of refunds."""

from typing import ClassVar

from ravo.sales.events import SalesEvent


class RefundRequested(SalesEvent):
    """A provider is to send money back; the aggregate is the refund."""

    type: ClassVar[str] = "refund.requested"
