"""What happens to money that goes back."""

from typing import ClassVar

from ravo.sales.events import SalesEvent


class RefundRequested(SalesEvent):
    """Money shall go back through a provider; the aggregate is the refund."""

    type: ClassVar[str] = "refund.requested"
