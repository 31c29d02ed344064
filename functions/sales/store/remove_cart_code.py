"""DELETE /api/v1/sales/carts/{id}/discounts/{discountId}: remove a code from a cart."""

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
    "/api/v1/sales/carts/{id}/discounts/{discountId}",
    response_model=Answer[CartReply],
    responses=refusals(CartNotFound, CartClosed),
)
async def remove_cart_code(
    id: UUID,
    discount_id: Annotated[UUID, Path(alias="discountId")],
    visitor: Visitor,
) -> Response:
    """Remove a promotion's code or a gift card by the id that the cart shows it with."""
    with transaction() as session:
        return answer(replies.cart_of(service.remove_code(session, id, discount_id, by=visitor)))


handler = lambda_handler(app)
