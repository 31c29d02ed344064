"""POST /api/v1/sales/admin/orders/{id}/notes: add a note to an order."""

from typing import Annotated
from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, create_app, created, lambda_handler, refusals
from ravo.platform.tokens import Principal
from ravo.sales.lifecycle import replies, service
from ravo.sales.lifecycle.schemas import AdminOrder, NoteInput
from ravo.sales.orders.errors import OrderNotFound

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/sales/admin/orders/{id}/notes",
    status_code=201,
    response_model=Answer[AdminOrder],
    responses=refusals(OrderNotFound),
)
async def add_order_note(
    id: UUID,
    given: NoteInput,
    staff: Annotated[Principal, allowed("orders:write")],
) -> Response:
    """Add a note to the order's timeline that only staff can read."""
    with transaction() as session:
        service.add_note(session, id, given.note, by=staff)
        reply = replies.admin_order(session, id)
    return created(reply, location=f"/api/v1/sales/admin/orders/{id}")


handler = lambda_handler(app)
