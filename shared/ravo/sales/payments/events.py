"""What happens to money that goes back."""

from typing import ClassVar

from ravo.sales.events import SalesEvent


class RefundRequested(SalesEvent):
    """A provider was asked to send money back; the aggregate is the refund."""

    type: ClassVar[str] = "refund.requested"
