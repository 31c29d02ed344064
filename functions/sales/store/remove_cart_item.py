"""DELETE /api/v1/sales/carts/{id}/items/{itemId}: remove a line from a cart."""

from typing import Annotated
from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.http import Answer, Visitor, answer, create_app, lambda_handler, refusals
from ravo.sales.carts import replies, service
from ravo.sales.carts.errors import CartClosed, CartNotFound
from ravo.sales.carts.schemas import CartReply

from fastapi import Path, Response

app = create_app()


@app.delete(
    "/api/v1/sales/carts/{id}/items/{itemId}",
    response_model=Answer[CartReply],
    responses=refusals(CartNotFound, CartClosed),
)
async def remove_cart_item(id: UUID, item_id: Annotated[UUID, Path(alias="itemId")], visitor: Visitor) -> Response:
    """Remove the line, if it is there, and return the cart that is left."""
    with transaction() as session:
        return answer(replies.cart_of(service.remove_item(session, id, item_id, by=visitor)))


handler = lambda_handler(app)
