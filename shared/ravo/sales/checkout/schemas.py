"""What a checkout takes and answers."""

from datetime import datetime
from uuid import UUID

from ravo.platform.schemas import Input, Money, MoneyInput, Reply
from ravo.sales.lifecycle.schemas import OrderTotals
from ravo.sales.orders.transitions import Status


class CheckoutInput(Input):
    """The cart to order. `expectedTotal` is the total that the shopper saw; without it no price may have changed."""

    cart_id: UUID
    expected_total: MoneyInput | None = None


class PaymentStart(Reply):
    """What a browser needs to pay: the secret goes into the provider's own form, and card data nowhere else."""

    provider: str
    intent_id: str
    client_secret: str
    publishable_key: str | None
    amount: Money


class CheckoutReply(Reply):
    """The order, and how it is paid; nothing is left to pay where `payment` is null."""

    order_id: UUID
    order_number: str
    status: Status
    totals: OrderTotals
    payable_until: datetime | None
    payment: PaymentStart | None
