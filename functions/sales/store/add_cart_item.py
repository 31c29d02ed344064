"""POST /api/v1/sales/carts/{id}/items: add a variant to a cart."""

from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.http import Answer, Visitor, answer, create_app, lambda_handler, refusals
from ravo.sales.carts import replies, service
from ravo.sales.carts.errors import CartClosed, CartFull, CartNotFound, OtherCurrency, TooManyUnits, VariantNotSold
from ravo.sales.carts.schemas import CartItemInput, CartReply

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/sales/carts/{id}/items",
    response_model=Answer[CartReply],
    responses=refusals(CartNotFound, CartClosed, VariantNotSold, OtherCurrency, TooManyUnits, CartFull),
)
async def add_cart_item(id: UUID, given: CartItemInput, visitor: Visitor) -> Response:
    """Add units of a variant to those in the cart; nothing is reserved yet."""
    with transaction() as session:
        return answer(replies.cart_of(service.add_item(session, id, given, by=visitor)))


handler = lambda_handler(app)
