"""POST /api/v1/sales/admin/orders/{id}/status: set the status of an order."""

from typing import Annotated
from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals
from ravo.platform.tokens import Principal
from ravo.sales.lifecycle import replies, service
from ravo.sales.lifecycle.schemas import AdminOrder, StatusChange
from ravo.sales.orders.errors import InvalidTransition, OrderNotFound

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/sales/admin/orders/{id}/status",
    response_model=Answer[AdminOrder],
    responses=refusals(OrderNotFound, InvalidTransition),
)
async def set_order_status(
    id: UUID,
    change: StatusChange,
    staff: Annotated[Principal, allowed("orders:write")],
) -> Response:
    """Move the order to its next status, with the stock, payments, tracking and customer mail that belong to it."""
    with transaction() as session:
        service.advance(session, id, change, by=staff)
        return answer(replies.admin_order(session, id))


handler = lambda_handler(app)
