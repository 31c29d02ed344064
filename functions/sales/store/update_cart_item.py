"""PATCH /api/v1/sales/carts/{id}/items/{itemId}: change the quantity of a line."""

from typing import Annotated
from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.http import Answer, Visitor, answer, create_app, lambda_handler, refusals
from ravo.sales.carts import replies, service
from ravo.sales.carts.errors import CartClosed, CartLineNotFound, CartNotFound
from ravo.sales.carts.schemas import CartItemChange, CartReply

from fastapi import Path, Response

app = create_app()


@app.patch(
    "/api/v1/sales/carts/{id}/items/{itemId}",
    response_model=Answer[CartReply],
    responses=refusals(CartNotFound, CartClosed, CartLineNotFound),
)
async def update_cart_item(
    id: UUID,
    item_id: Annotated[UUID, Path(alias="itemId")],
    given: CartItemChange,
    visitor: Visitor,
) -> Response:
    """Set how many units the line has, at today's price."""
    with transaction() as session:
        changed = service.change_item(session, id, item_id, given.quantity, by=visitor)
        return answer(replies.cart_of(changed))


handler = lambda_handler(app)
