"""PUT /api/v1/sales/carts/{id}/address: set the addresses of a cart."""

from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.http import Answer, Visitor, answer, create_app, lambda_handler, refusals
from ravo.sales.carts import replies, service
from ravo.sales.carts.errors import CartClosed, CartNotFound
from ravo.sales.carts.schemas import CartAddressInput, CartReply

from fastapi import Response

app = create_app()


@app.put(
    "/api/v1/sales/carts/{id}/address",
    response_model=Answer[CartReply],
    responses=refusals(CartNotFound, CartClosed),
)
async def set_cart_address(id: UUID, given: CartAddressInput, visitor: Visitor) -> Response:
    """Set where the cart is sent, who pays, and who gets the mails; taxes and shipping follow the address."""
    with transaction() as session:
        return answer(replies.cart_of(service.set_address(session, id, given, by=visitor)))


handler = lambda_handler(app)
