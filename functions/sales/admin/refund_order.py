"""POST /api/v1/sales/admin/orders/{id}/refunds: send money back."""

from typing import Annotated
from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.http import Answer, accepted, allowed, create_app, keyed, lambda_handler, refusals
from ravo.platform.tokens import Principal
from ravo.sales.carts.errors import OtherCurrency
from ravo.sales.orders.errors import OrderNotFound
from ravo.sales.payments import replies
from ravo.sales.payments.errors import RefundTooLarge
from ravo.sales.payments.schemas import RefundReply
from ravo.sales.refunds import service
from ravo.sales.refunds.errors import OrderItemNotFound
from ravo.sales.refunds.schemas import RefundInput

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/sales/admin/orders/{id}/refunds",
    status_code=202,
    response_model=Answer[list[RefundReply]],
    responses=refusals(OrderNotFound, OrderItemNotFound, OtherCurrency, RefundTooLarge),
    dependencies=[keyed],
)
async def refund_order(
    id: UUID,
    given: RefundInput,
    staff: Annotated[Principal, allowed("orders:refund")],
) -> Response:
    """Send back an amount, what some units cost, or all that is left; the order shows how it goes on.

    It goes the way it came, cards before gift cards; answers all refunds of the order.
    """
    with transaction() as session:
        service.refund(session, id, given, by=staff)
        reply = replies.refunds_of(session, id)
    return accepted(reply, location=f"/api/v1/sales/admin/orders/{id}")


handler = lambda_handler(app)
