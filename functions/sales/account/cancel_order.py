"""POST /api/v1/sales/orders/{id}/cancel: cancel one of the caller's orders."""

from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.http import Answer, Caller, answer, create_app, lambda_handler, refusals
from ravo.sales.lifecycle import replies, service
from ravo.sales.lifecycle.schemas import OrderReply
from ravo.sales.orders.errors import InvalidTransition, OrderNotFound

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/sales/orders/{id}/cancel",
    response_model=Answer[OrderReply],
    responses=refusals(OrderNotFound, InvalidTransition),
)
async def cancel_order(id: UUID, caller: Caller) -> Response:
    """Cancel the order before it is shipped; payments are refunded the way they came."""
    with transaction() as session:
        return answer(replies.order_of(session, service.cancel_own(session, id, by=caller)))


handler = lambda_handler(app)
