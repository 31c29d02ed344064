"""POST /api/v1/sales/admin/orders/{id}/refunds: refund an order."""

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
    """Refund an amount, the price of some units, or all that is left, and return all refunds of the order.

    Money goes back the way it came, to cards before gift cards; the order shows how the refund proceeds.
    """
    with transaction() as session:
        service.refund(session, id, given, by=staff)
        reply = replies.refunds_of(session, id)
    return accepted(reply, location=f"/api/v1/sales/admin/orders/{id}")


handler = lambda_handler(app)
