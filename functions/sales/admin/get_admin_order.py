"""GET /api/v1/sales/admin/orders/{id}: an order with its timeline, payments and refunds."""

from uuid import UUID

from ravo.platform.database import reading
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals
from ravo.sales.lifecycle import replies
from ravo.sales.lifecycle.schemas import AdminOrder
from ravo.sales.orders.errors import OrderNotFound

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/sales/admin/orders/{id}",
    response_model=Answer[AdminOrder],
    responses=refusals(OrderNotFound),
    dependencies=[allowed("orders:read")],
)
async def get_admin_order(id: UUID) -> Response:
    """Return everything about an order: items, tracking, timeline, payments and refunds."""
    with reading() as session:
        return answer(replies.admin_order(session, id))


handler = lambda_handler(app)
