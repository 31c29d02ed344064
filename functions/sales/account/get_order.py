"""GET /api/v1/sales/orders/{id}: one of the caller's orders."""

from uuid import UUID

from ravo.platform.database import reading
from ravo.platform.http import Answer, Caller, answer, create_app, lambda_handler, refusals
from ravo.sales.lifecycle import replies
from ravo.sales.lifecycle.schemas import OrderReply
from ravo.sales.orders.errors import OrderNotFound

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/sales/orders/{id}",
    response_model=Answer[OrderReply],
    responses=refusals(OrderNotFound),
)
async def get_order(id: UUID, caller: Caller) -> Response:
    """Return one of the caller's orders with its items, sums and tracking; the order of another user is not found."""
    with reading() as session:
        return answer(replies.own_order(session, id, by=caller))


handler = lambda_handler(app)
