"""GET /api/v1/sales/orders/track: where an order is, for those who know its number."""

from typing import Annotated

from ravo.platform.database import reading
from ravo.platform.http import Answer, answer, anyone, create_app, lambda_handler, refusals
from ravo.sales.http import tracking
from ravo.sales.lifecycle import replies
from ravo.sales.lifecycle.schemas import TrackedOrder
from ravo.sales.orders.errors import OrderNotFound

from fastapi import Query, Response

app = create_app()


@app.get(
    "/api/v1/sales/orders/track",
    response_model=Answer[TrackedOrder],
    responses=refusals(OrderNotFound),
    dependencies=[anyone],
)
async def track_order(
    order_number: Annotated[str, Query(alias="orderNumber", min_length=1, max_length=32)],
    email: Annotated[str, Query(min_length=3, max_length=254)],
) -> Response:
    """Return the status and tracking of the order; a wrong number and a wrong mail address get the same answer."""
    with reading() as session:
        return answer(replies.tracked(session, order_number, email))


handler = lambda_handler(app, limited=tracking)
